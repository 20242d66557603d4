import { chmod, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { npmEnvironment } from "./node.mjs";
import { ROOT } from "./paths.mjs";
import { capture, tail } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * `npm ci`, unless what is installed is what the lockfile says.
 *
 * @param {(note: string) => void} working
 */
export async function ensureDependencies(working, root = ROOT) {
  const locked = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  if (!holds(locked, await installed(root))) {
    working("npm ci");
    const result = await capture("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
      cwd: root,
      env: npmEnvironment(),
    });
    if (result.code !== 0) {
      throw new SetupError(
        "NPM_FAILED",
        `npm ci failed:\n${tail(result)}`,
        "Check npm's access to its registry and the free disk space, then run this again.",
      );
    }
  }
  await linkProgram(root);
}

/** npm writes this file last, so an interrupted installation has none. */
async function installed(root) {
  try {
    return JSON.parse(await readFile(join(root, "node_modules/.package-lock.json"), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return { packages: {} };
    throw error;
  }
}

/**
 * Whether everything that the lockfile asks for is installed, in its version.
 * Optional packages may be missing: they are other platforms'.
 */
export function holds(locked, present) {
  return Object.entries(locked.packages).every(([path, { version, integrity, optional, devOptional }]) => {
    if (path === "") return true;
    const found = present.packages[path];
    if (!found) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** Makes `npx retemper` work in the checkout: npm links the programs of dependencies, not of the package itself. */
async function linkProgram(root) {
  const program = join(root, "bin/retemper.mjs");
  const link = join(root, "node_modules/.bin/retemper");
  await chmod(program, 0o755);
  await mkdir(dirname(link), { recursive: true });
  await rm(link, { force: true });
  await symlink("../../bin/retemper.mjs", link);
}
