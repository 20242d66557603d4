import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const checkout = resolve(import.meta.dirname, "../..");
const { FORCE_COLOR: _, ...withoutColours } = process.env;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** The `retemper` command as a person runs it in a folder of theirs, to its end, on a state of its own. */
export async function retemperIn(home: string, ...args: string[]): Promise<Ended> {
  await mkdir(home, { recursive: true });
  const child = spawn(process.execPath, [join(checkout, "bin/retemper.mjs"), ...args], {
    cwd: home,
    env: { ...withoutColours, NO_COLOR: "1", INIT_CWD: home, RETEMPER_STATE: join(home, "state") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once("close", done)),
  ]);
  return { code, out, errors };
}
