import { join } from "node:path";
import { KFP_VENV, ROOT } from "./paths.mjs";
import { ensureEnvironment } from "./python-environment.mjs";

/**
 * Every package with its hashes. Written by:
 *
 *     cd scripts/bootstrap/kfp && uv pip compile --universal --python-version 3.11 --generate-hashes \
 *       --overrides overrides.txt --no-annotate --no-header requirements.in --output-file requirements.txt
 */
const REQUIREMENTS = "scripts/bootstrap/kfp/requirements.txt";

/**
 * The Python SDK, beside which the spec language is tested and measured.
 *
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureKfp(python, uv, working) {
  await ensureEnvironment(
    {
      folder: KFP_VENV,
      files: [REQUIREMENTS],
      install: (run, interpreter) =>
        run("install the Python SDK", [
          ...["pip", "install", "--quiet", "--compile-bytecode", "--python", interpreter],
          ...["--no-deps", "--require-hashes", "-r", join(ROOT, REQUIREMENTS)],
        ]),
    },
    python,
    uv,
    working,
  );
}
