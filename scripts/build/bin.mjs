#!/usr/bin/env node
/** `retemper` of the installed package. What it keeps and reads is beside the user's own files, not in the package. */
import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { resolve } from "node:path";

delete process.env.INIT_CWD;
process.env.RETEMPER_STATE ??= resolve(".retemper/state");
if (existsSync("retemper.yaml")) process.env.RETEMPER_CONFIG ??= resolve("retemper.yaml");
enableCompileCache();
await import("../workers/cli/main.js");
