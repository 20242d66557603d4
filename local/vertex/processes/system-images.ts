import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { parseImageReference } from "../../images.ts";

/** Images that hold nothing but a system's own programs, which this machine has too; in some, `sh` is BusyBox's. */
export const systemImages: Readonly<Record<string, "busybox" | "own">> = {
  alpine: "busybox",
  bash: "own",
  busybox: "busybox",
  debian: "own",
  ubuntu: "own",
};

/** Which of them a reference names, whatever registry it comes from; undefined for any other image. */
export function systemImageOf(image: string): string | undefined {
  const { name } = parseImageReference(image);
  const familiar = name
    .replace(/^(?:(?:index\.)?docker\.io\/)?(?:(?:[\w.-]+\/)*library\/)?/, "")
    .replace(/^ghcr\.io\/containerd\//, "");
  return Object.hasOwn(systemImages, familiar) ? familiar : undefined;
}

/**
 * Folders that come first on such an image's PATH. BusyBox's shell knows `[[ … ]]`, which this machine's `sh` may not:
 * BusyBox itself, or else Bash, stands for it.
 */
export function pathOf(systemImage: string, cache: string): string {
  const shell = ["/bin/busybox", "/usr/bin/busybox", "/bin/bash", "/usr/bin/bash"].find((file) => existsSync(file));
  if (systemImages[systemImage] !== "busybox" || shell === undefined) return "";
  const folder = join(cache, "busybox-shell");
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(shell, join(folder, "sh"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return folder;
}
