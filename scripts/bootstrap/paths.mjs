import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");

/** Large downloads, shared by every checkout. */
export const CACHE = resolve(process.env.RETEMPER_CACHE || join(homedir(), ".cache/retemper"));

/** The trainer's Python environment. */
export const VENV = join(ROOT, ".retemper/venv");

/** The same with the judges of `test:full`: torch and transformers. */
export const FULL_VENV = join(ROOT, ".retemper/venv-full");

/** The Python SDK for Kubeflow Pipelines, the judge of the spec language. */
export const KFP_VENV = join(ROOT, ".retemper/kfp");
