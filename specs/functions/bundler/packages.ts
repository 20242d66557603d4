import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Whether it has code that is compiled for one machine. */
  readonly native: boolean;
}

/** The package that an installed file belongs to. */
export function installedPackage(file: string): InstalledPackage | null {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, "package.json"));
    // A package can have further such files, without a name, that only say how its modules are read.
    if (manifest?.name === undefined) continue;
    const { name, version = "", dependencies = {} } = manifest;
    const native =
      manifest.gypfile === true ||
      manifest.binary !== undefined ||
      manifest.napi !== undefined ||
      Object.keys(dependencies).some((each) => loaders.has(each)) ||
      existsSync(join(folder, "binding.gyp"));
    return { name, version, native };
  }
  return null;
}

/** Packages that load native code for others. */
const loaders: ReadonlySet<string> = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "node-gyp-build",
  "prebuild-install",
]);

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
  readonly binary?: unknown;
  readonly napi?: unknown;
}

function readManifest(file: string): Manifest | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : null;
}
