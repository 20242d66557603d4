import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/**
 * A view of this machine in which `/gcs` is the folder of the buckets: a mount namespace of Linux
 * (https://man7.org/linux/man-pages/man7/mount_namespaces.7.html). It holds for whatever is started by `enter`, and for
 * what that starts; process ids, the network, users and all other files are the machine's own.
 */
export interface BucketsNamespace {
  /** The beginning of a command line that runs the rest of it in there, from `/` on. */
  readonly enter: readonly string[];
  /** Nothing can enter it any more; what is in it stays. */
  close(): void;
}

/** This system, or this user on it, can't have such a view. */
export class NamespaceError extends Error {
  override readonly name = "NamespaceError";
  readonly code = "NO_NAMESPACE";
}

/**
 * As the system's own user; and as any other, who is one in a user namespace, too
 * (https://man7.org/linux/man-pages/man7/user_namespaces.7.html), and there may mount. What is run in it keeps the user's id and has
 * no more rights than before.
 */
const ways = [
  { unshare: [], kinds: ["mnt"] },
  { unshare: ["--user", "--map-current-user", "--keep-caps"], kinds: ["user", "mnt"] },
] as const;

/** Tries whether it can be had. Throws {@link NamespaceError}, saying what was in the way. */
export async function openBucketsNamespace(
  bucketsFolder: string,
  isSystemUser: boolean = process.getuid?.() === 0,
): Promise<BucketsNamespace> {
  if (process.platform !== "linux") throw new NamespaceError(`${process.platform} has no mount namespaces`);
  const problems: string[] = [];
  for (const way of isSystemUser ? ways : ways.slice(1)) {
    try {
      return await open(way, realpathSync(bucketsFolder));
    } catch (error) {
      problems.push(error instanceof Error ? error.message.trim() : String(error));
    }
  }
  throw new NamespaceError([...new Set(problems)].join("; "));
}

async function open({ unshare, kinds }: (typeof ways)[number], bucketsFolder: string): Promise<BucketsNamespace> {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "root-"));
  const script = join(import.meta.dirname, "namespace.sh");
  const holder = spawn(
    "unshare",
    [...unshare, "--mount", "--propagation", "private", "/bin/sh", script, bucketsFolder, root],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C", PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    },
  );
  const descriptors: number[] = [];
  try {
    await ready(holder);
    // An open descriptor keeps a namespace, so that no process has to.
    for (const kind of kinds) descriptors.push(openSync(`/proc/${holder.pid}/ns/${kind}`, "r"));
    const flags = { mnt: "--mount", user: "--user" };
    const names = kinds.map((kind, index) => `${flags[kind]}=/proc/${process.pid}/fd/${descriptors[index]}`);
    const enter = ["nsenter", ...names, "--preserve-credentials"];
    await promisify(execFile)("nsenter", [...enter.slice(1), "/bin/sh", "-c", '[ /gcs -ef "$0" ]', bucketsFolder]);
    return {
      enter: [await programFile("nsenter"), ...enter.slice(1)],
      close: () => {
        for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
      },
    };
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor);
    throw error;
  } finally {
    holder.kill("SIGKILL");
    rmSync(root, { recursive: true, force: true });
  }
}

/** Tasks bring their own PATH. */
async function programFile(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)("/bin/sh", ["-c", 'command -v "$0"', name]);
  return stdout.trim();
}

/** Resolves when it says so; rejects with what it says otherwise. */
function ready(holder: ChildProcess): Promise<void> {
  const { stdout, stderr } = holder;
  return new Promise((resolve, reject) => {
    let errors = "";
    stderr?.on("data", (chunk) => {
      errors += chunk;
    });
    holder.once("error", reject);
    holder.once("close", (status) => reject(new Error(errors || `unshare ended with ${status}`)));
    if (stdout !== null) createInterface(stdout).once("line", () => resolve());
  });
}
