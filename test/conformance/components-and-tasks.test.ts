import { compareWithKfp } from "./beside-kfp.ts";
import { written } from "./components-and-tasks.ts";

/** Components of many forms, their inputs' values, and what tasks are told, in both languages. */
compareWithKfp("./components_and_tasks.py", written);
