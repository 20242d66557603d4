import { resolve } from "node:path";
import { readSource } from "../../../specs/load/load-component.ts";
import { readYaml } from "../../../specs/load/read-yaml.ts";

/** A spec as it was found, valid or not. */
export interface SpecDocument {
  /** As the person called it. */
  readonly source: string;
  readonly spec: unknown;
  /** The document of platform options; undefined when there is none. */
  readonly platform: unknown;
  /** The line of a JSON pointer, or of the nearest that is there; null when the text has no lines of its own. */
  lineOf(document: "spec" | "platform", pointer: string): Promise<number | null>;
}

/** Reads YAML or JSON. Throws `LoadError`. @param source A file, `https://…` or `gs://…` */
export async function readSpecDocument(source: string): Promise<SpecDocument> {
  const { text } = await readSource(isAddress(source) ? source : resolve(process.env["INIT_CWD"] ?? ".", source));
  const [spec, platform] = readYaml(text, source);
  const lines = once(() => import("./pointer-lines.ts").then(({ pointerLines }) => pointerLines(text)));
  return {
    source,
    spec,
    platform: platform ?? undefined,
    lineOf: async (document, pointer) => (await lines())(document === "spec" ? 0 : 1, pointer),
  };
}

function isAddress(source: string): boolean {
  return /^(https?|gs):\/\//.test(source);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
