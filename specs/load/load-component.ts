import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Inputs, Outputs } from "../builders/checks.ts";
import type { LoadedComponent, UntypedComponent } from "./bind.ts";
import { componentFromYaml } from "./component.ts";
import { LoadError } from "./load-error.ts";

export interface LoadOptions {
  /**
   * Reads an object of Google Cloud Storage. When left out, `@google-cloud/storage` does, with the machine's own
   * credentials.
   */
  readonly readObject?: (uri: string) => Promise<string>;
  /** Reads an address. `fetch` when left out; one of your own can send credentials. */
  readonly fetch?: typeof fetch;
}

/**
 * Loads a component or a whole pipeline that the Python SDK compiled, or a component of Kubeflow Pipelines' first
 * version. Throws `LoadError` with every problem.
 *
 * ```ts
 * const train = await loadComponent(new URL("train.yaml", import.meta.url));
 * ```
 *
 * `retemper codegen` writes the types of its inputs and outputs.
 *
 * @param source A file's path or URL, an address (`https://…`, `gs://…`), or the text itself.
 */
export async function loadComponent(source: string | URL, options?: LoadOptions): Promise<UntypedComponent>;
export async function loadComponent<In extends Inputs, Out extends Outputs>(
  source: string | URL,
  options?: LoadOptions,
): Promise<LoadedComponent<In, Out>>;
export async function loadComponent(source: string | URL, options: LoadOptions = {}): Promise<unknown> {
  const { text, name } = await readSource(source, options);
  return componentFromYaml(text, name);
}

/** The text of a source, and what messages call it. */
export async function readSource(
  source: string | URL,
  { readObject = readStorage, fetch: get = fetch }: LoadOptions = {},
): Promise<{ readonly text: string; readonly name: string }> {
  const name = String(source);
  if (name.includes("\n")) return { text: name, name: "text" };
  try {
    if (/^https?:\/\//.test(name)) return { text: await readAddress(name, get), name };
    if (name.startsWith("gs://")) return { text: await readObject(name), name };
    return { text: await readFile(name.startsWith("file://") ? fileURLToPath(name) : name, "utf8"), name };
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoadError("not-found", name, `this cannot be read: ${reason}`, [], { cause });
  }
}

async function readAddress(address: string, get: typeof fetch): Promise<string> {
  const response = await get(address);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.text();
}

/** Google's client is loaded only where an object is read, and no bundler finds it. */
async function readStorage(uri: string): Promise<string> {
  const client = "@google-cloud/storage";
  const { Storage } = (await import(client)) as typeof import("@google-cloud/storage");
  const [, bucket = "", name = ""] = /^gs:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  const [content] = await new Storage().bucket(bucket).file(name).download();
  return content.toString("utf8");
}
