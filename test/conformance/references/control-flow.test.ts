import { branches } from "./branches.ts";
import { exitHandlers } from "./exit-handlers.ts";
import { kubernetes } from "./kubernetes.ts";
import { loops } from "./loops.ts";
import { conform } from "./reference.ts";

conform({ ...branches, ...loops, ...exitHandlers, ...kubernetes });
