import { spawn } from "node:child_process";

/**
 * Runs a program to its end and hands back what it wrote.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number }} [options] timeout in milliseconds
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>} code is null when it could not be started
 */
export function capture(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", (error) => done({ code: null, stdout, stderr: String(error) }));
    child.on("close", (code, signal) => done({ code: signal ? 1 : code, stdout, stderr }));
  });
}

/**
 * Runs a program in the foreground, with our terminal, and passes on the signals that end us.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit status, 128 + n after signal n
 */
export function foreground(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { ...options, stdio: "inherit" });
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
    const pass = signals.map((signal) => /** @type {const} */ ([signal, () => child.kill(signal)]));
    for (const [signal, listener] of pass) process.on(signal, listener);
    child.on("error", fail);
    child.on("exit", (code, signal) => {
      for (const [name, listener] of pass) process.off(name, listener);
      done(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal ?? "SIGTERM"] ?? 1));
    });
  });
}

/** The end of what a program wrote, for a message. */
export function tail({ stdout, stderr }, lines = 12) {
  return (stderr.trim() || stdout.trim()).split("\n").slice(-lines).join("\n");
}
