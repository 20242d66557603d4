import { authors } from "./authors.ts";
import { conform } from "./reference.ts";

conform(authors);
