import { extname, join, resolve } from "node:path";

/** The checkout, or the installed package. */
export const checkout: string = resolve(import.meta.dirname, "../..");

/**
 * A module of ours, for a process of its own: TypeScript in the checkout, JavaScript in the package.
 *
 * @param path without its extension, such as `local/main`
 */
export function program(path: string): string {
  return join(checkout, `${path}${extname(import.meta.filename)}`);
}
