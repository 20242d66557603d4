import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildPackage, checkout } from "../../scripts/build/build-package.ts";

const run = promisify(execFile);

export interface Ended {
  readonly status: number;
  readonly output: string;
}

/**
 * The package, built and packed, and a user's project that has it installed. Of other packages, the project has only those
 * that the package's manifest asks for, from the checkout: no network, and an import that the manifest forgot fails.
 */
export class InstalledPackage implements AsyncDisposable {
  readonly tarball: Buffer;
  /** Of the package in the project's `node_modules`. */
  readonly folder: string;
  readonly project: string;
  readonly #scratch: readonly string[];

  static async create(): Promise<InstalledPackage> {
    await mkdir(join(checkout, ".retemper"), { recursive: true });
    const built = await mkdtemp(join(checkout, ".retemper/package-"));
    const project = await mkdtemp(join(tmpdir(), "retemper-package-"));
    try {
      await buildPackage(join(built, "dist"));
      const { stdout } = await run("npm", ["pack", "./dist", "--json", "--pack-destination", built], { cwd: built });
      const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
      const tarball = join(built, filename);
      await run("tar", ["-xzf", tarball, "-C", project]);
      await mkdir(join(project, "node_modules"));
      const folder = join(project, "node_modules/retemper");
      await cp(join(project, "package"), folder, { recursive: true });
      const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
        dependencies: Readonly<Record<string, string>>;
      };
      for (const name of [...Object.keys(manifest.dependencies), "@types/node", "typescript"])
        await link(name, project);
      await writeFile(join(project, "package.json"), JSON.stringify({ name: "theirs", private: true, type: "module" }));
      return new InstalledPackage(await readFile(tarball), folder, project, [built, project]);
    } catch (error) {
      for (const each of [built, project]) await rm(each, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(tarball: Buffer, folder: string, project: string, scratch: readonly string[]) {
    this.tarball = tarball;
    this.folder = folder;
    this.project = project;
    this.#scratch = scratch;
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.project, name), text);
  }

  node(...args: readonly string[]): Promise<Ended> {
    return this.#run(process.execPath, args);
  }

  retemper(...args: readonly string[]): Promise<Ended> {
    return this.node(join(this.folder, "bin/retemper.mjs"), ...args);
  }

  tsc(...args: readonly string[]): Promise<Ended> {
    return this.node("node_modules/typescript/bin/tsc", "--pretty", "false", ...args);
  }

  async #run(program: string, args: readonly string[]): Promise<Ended> {
    const ours = /^(npm_|RETEMPER_|NODE_|INIT_CWD$|VITEST)/;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
    try {
      const { stdout, stderr } = await run(program, args, { cwd: this.project, env: { ...env, NO_COLOR: "1" } });
      return { status: 0, output: stdout + stderr };
    } catch (error) {
      if (!(error instanceof Error && "stdout" in error && "stderr" in error && "code" in error)) throw error;
      return { status: Number(error.code), output: `${error.stdout}${error.stderr}` };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#scratch) await rm(each, { recursive: true, force: true });
  }
}

async function link(name: string, project: string): Promise<void> {
  const target = join(project, "node_modules", name);
  await mkdir(dirname(target), { recursive: true });
  await symlink(join(checkout, "node_modules", name), target);
}
