import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The machine's own Chromium, or the one that `CHROMIUM_BIN` names. */
export function startBrowser(): Promise<Browser> {
  const program = [process.env["CHROMIUM_BIN"], ...programs].find((path) => path && existsSync(path));
  if (!program) throw new Error("No Chromium is installed: install it, or name it in CHROMIUM_BIN.");
  return chromium.launch({
    executablePath: program,
    // Without these it asks Google's hosts at every start.
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
