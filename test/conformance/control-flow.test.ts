import { compareWithKfp } from "./beside-kfp.ts";
import { pipelines } from "./control-flow.ts";

/** Loops, branches, exit handlers and pipelines, in each other, in both languages. */
compareWithKfp("./control_flow.py", pipelines);
