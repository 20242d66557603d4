import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { ensureEnvironment } from "./python-environment.mjs";

/**
 * The Python programs that a benchmark measures us beside, in an environment of their own, from `bench/NAME/requirements.txt`:
 * every package with its hashes. Written by:
 *
 *     cd bench/NAME && uv pip compile --universal --python-version 3.11 --generate-hashes \
 *       --no-annotate --no-header requirements.in --output-file requirements.txt
 *
 * @param {string} name the benchmark's
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureBenchPeer(name, python, uv, working) {
  const requirements = `bench/${name}/requirements.txt`;
  await ensureEnvironment(
    {
      folder: join(ROOT, `.retemper/bench-${name}`),
      files: [requirements],
      install: (run, interpreter) =>
        run(`install what ${name} is measured beside`, [
          ...["pip", "install", "--quiet", "--compile-bytecode", "--python", interpreter],
          ...["--no-deps", "--require-hashes", "-r", join(ROOT, requirements)],
        ]),
    },
    python,
    uv,
    working,
  );
}
