import { compareWithKfp } from "./beside-kfp.ts";
import { written } from "./custom-jobs.ts";

/** Components as CustomJobs, beside what Google's own helper makes of them. */
compareWithKfp("./custom_jobs.py", written);
