import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { ensureEnvironment } from "./python-environment.mjs";

/**
 * A Python environment of the trainer, from its committed lock, and of what a requirements file adds.
 * The lock's packages are exported with their hashes and installed by name, so that they come from the index that this
 * machine's pip is set to: `uv sync` would ask the addresses that the lock was made with.
 *
 * @param {{ folder: string, more?: string }} environment `more` is a requirements file, relative to the checkout
 * @param {import("./python.mjs").Python} python
 * @param {() => Promise<string>} uv
 * @param {(note: string) => void} working
 */
export async function ensureTrainer({ folder, more }, python, uv, working) {
  const requirements = join(folder, "requirements.txt");
  await ensureEnvironment(
    {
      folder,
      files: ["trainer/uv.lock", "trainer/pyproject.toml", ...(more ? [more] : [])],
      install: async (run, interpreter) => {
        await run("read trainer/uv.lock", [
          ...["export", "--quiet", "--frozen", "--project", join(ROOT, "trainer"), "--no-emit-project"],
          ...["--group", "test", "--format", "requirements-txt", "--output-file", requirements],
        ]);
        const install = ["pip", "install", "--quiet", "--python", interpreter];
        await run("install the trainer's packages", [...install, "--no-deps", "--require-hashes", "-r", requirements]);
        if (more) await run(`install ${more}`, [...install, "-r", join(ROOT, more)]);
      },
    },
    python,
    uv,
    working,
  );
}
