import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { VertexError } from "../../wire/errors.ts";
import type { Interpreter } from "./interpreters.ts";

/** What a program said and how it ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs a program to its end. */
export async function capture(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], {
      // Where no project of somebody's has a say.
      cwd: tmpdir(),
      env: environment,
      maxBuffer: 64 * 2 ** 20,
    });
    return { status: 0, output: stdout, errors: stderr };
  } catch (thrown) {
    const {
      code,
      stdout = "",
      stderr = "",
      message,
    } = thrown as Error & {
      code?: number | string;
      stdout?: string;
      stderr?: string;
    };
    return { status: typeof code === "number" ? code : 127, output: stdout, errors: stderr === "" ? message : stderr };
  }
}

/** The uv that the set-up brought into the cache, or the one on the PATH. Throws FAILED_PRECONDITION without any. */
export async function findUv(cache: string): Promise<string> {
  const brought = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith("uv-")) : [];
  for (const name of brought.sort().reverse()) {
    const program = join(cache, name, "uv");
    if (existsSync(program)) return program;
  }
  if ((await capture("uv", ["--version"])).status === 0) return "uv";
  throw new VertexError(
    "FAILED_PRECONDITION",
    `Python tasks need uv, which is neither on the PATH nor in ${cache}: run "npm run setup", or install it from https://docs.astral.sh/uv.`,
  );
}

/** Every Python that uv finds on this machine. */
export async function listInterpreters(uv: string): Promise<Interpreter[]> {
  const { status, output, errors } = await capture(uv, [
    ...["python", "list", "--only-installed", "--no-python-downloads", "--output-format", "json"],
  ]);
  if (status !== 0) throw new VertexError("INTERNAL", `uv found no Python:\n${errors}`);
  const found = JSON.parse(output) as readonly {
    readonly path: string | null;
    readonly implementation: string;
    readonly version_parts: { readonly major: number; readonly minor: number; readonly patch: number };
  }[];
  return found.flatMap(({ path, implementation, version_parts: { major, minor, patch } }) =>
    path === null || implementation !== "cpython" ? [] : [{ program: path, major, minor, patch }],
  );
}

/** uv reads none of pip's configuration; what pip knows of this machine is handed to it, unless uv is set already. */
export async function indexSettings(python: string): Promise<NodeJS.ProcessEnv> {
  const { output } = await capture(python, ["-m", "pip", "config", "list"]);
  const found = new Map<string, string>();
  for (const [, key = "", value = ""] of output.matchAll(/^(?:global|install|:env:)\.([a-z-]+)='(.*)'$/gm))
    found.set(key, value);
  const settings = {
    UV_DEFAULT_INDEX: found.get("index-url"),
    UV_INDEX: found.get("extra-index-url"),
    UV_FIND_LINKS: found.get("find-links"),
    SSL_CERT_FILE: found.get("cert"),
  };
  const wanted = Object.entries(settings).filter(([name, value]) => value !== undefined && !process.env[name]);
  return { ...process.env, ...Object.fromEntries(wanted) };
}
