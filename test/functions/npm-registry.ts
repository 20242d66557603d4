import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

export interface NpmRegistry {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * A registry that has the packages of a checkout, as npm itself packs them.
 * https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md
 */
export async function startNpmRegistry(folders: readonly string[], temporary: string): Promise<NpmRegistry> {
  const files = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    asked.push(path);
    const found = files.get(path);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/octet-stream" }).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const folder of folders) {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, string>;
    const { name = "", version = "" } = manifest;
    const options = { maxBuffer: 1 << 26 };
    const words = ["pack", folder, "--json", "--ignore-scripts", "--pack-destination", temporary];
    const { stdout } = await promisify(execFile)("npm", words, options);
    const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
    const tarball = await readFile(join(temporary, packed?.filename ?? ""));
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
    const document = { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
    files.set(`/${name}`, Buffer.from(JSON.stringify(document)));
    files.set(`/${name}/-/${version}.tgz`, tarball);
  }
  return {
    url,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
