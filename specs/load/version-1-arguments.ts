import { type ArgumentNode, type DefinitionNode, type IfPresentNode, placeholder } from "../nodes/index.ts";

/** What a command line can name: names as the document has them, and what became of them. */
export interface Interface {
  readonly inputs: ReadonlyMap<string, { readonly name: string; readonly definition: DefinitionNode }>;
  readonly outputs: ReadonlyMap<string, { readonly name: string; readonly definition: DefinitionNode }>;
}

type Report = (path: string, message: string) => void;
type Reader = (value: unknown, path: string, io: Interface, report: Report) => ArgumentNode;

/** Words of a command line, with placeholders as the first version of Kubeflow Pipelines wrote them. */
export function readArguments(list: unknown, path: string, io: Interface, report: Report): readonly ArgumentNode[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    report(path, "This is a list.");
    return [];
  }
  return Object.freeze(list.map((item, index) => readArgument(item, `${path}/${index}`, io, report)));
}

/** A text, or what YAML took for a number or a truth value though a text was meant. */
export function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function readArgument(item: unknown, path: string, io: Interface, report: Report): ArgumentNode {
  const text = textOf(item);
  if (text !== null) return text;
  const [entry, ...more] = typeof item === "object" && item !== null ? Object.entries(item) : [];
  const reader = entry === undefined ? undefined : readers.get(entry[0]);
  if (entry === undefined || reader === undefined || more.length > 0) {
    report(path, `A word is a text or one of ${[...readers.keys()].join(", ")}.`);
    return "";
  }
  return reader(entry[1], `${path}/${entry[0]}`, io, report);
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["inputValue", named("inputs", { parameter: placeholder.inputParameter })],
  ["inputPath", named("inputs", { artifact: (name) => placeholder.inputArtifact(name, "path") })],
  ["inputUri", named("inputs", { artifact: (name) => placeholder.inputArtifact(name, "uri") })],
  [
    "outputPath",
    named("outputs", {
      parameter: placeholder.outputParameterFile,
      artifact: (name) => placeholder.outputArtifact(name, "path"),
    }),
  ],
  ["outputUri", named("outputs", { artifact: (name) => placeholder.outputArtifact(name, "uri") })],
  ["executorInput", () => placeholder.executorInput],
  ["concat", readConcat],
  ["if", readIf],
]);

/** A placeholder of an input or output, which must be a parameter or an artifact. */
function named(
  side: keyof Interface,
  texts: { readonly parameter?: (name: string) => string; readonly artifact?: (name: string) => string },
): Reader {
  return (value, path, io, report) => {
    const found = io[side].get(textOf(value) ?? "");
    if (found === undefined) {
      const known = [...io[side].keys()].join(", ") || "none";
      report(
        path,
        `There is no ${side.slice(0, -1)} ${JSON.stringify(value)} among the component's ${side}: ${known}.`,
      );
      return "";
    }
    const text = texts[found.definition.kind];
    if (text === undefined) {
      const wanted = found.definition.kind === "parameter" ? "an artifact" : "a parameter";
      report(
        path,
        `This takes ${wanted}, and ${JSON.stringify(value)} is ${wanted === "an artifact" ? "a parameter" : "an artifact"}.`,
      );
      return "";
    }
    return text(found.name);
  };
}

function readConcat(value: unknown, path: string, io: Interface, report: Report): ArgumentNode {
  const items = readArguments(value, path, io, report);
  if (items.some(hasSeveralWords)) report(path, "What is joined into one word cannot hold a list of words.");
  return Object.freeze({ kind: "concat", items });
}

function hasSeveralWords(item: ArgumentNode): boolean {
  if (typeof item === "string") return false;
  if (item.kind === "concat") return item.items.some(hasSeveralWords);
  return [item.present, item.absent].some(
    (side) => side !== undefined && (typeof side === "string" || "kind" in side ? hasSeveralWords(side) : true),
  );
}

function readIf(value: unknown, path: string, io: Interface, report: Report): ArgumentNode {
  const { cond, then, else: otherwise } = (value ?? {}) as { cond?: unknown; then?: unknown; else?: unknown };
  const given = typeof cond === "object" && cond !== null && "isPresent" in cond ? cond.isPresent : undefined;
  const input = io.inputs.get(textOf(given) ?? "");
  if (input === undefined) {
    report(`${path}/cond`, "The condition is {isPresent: NAME} with the name of an input.");
  }
  const side = (words: unknown, key: string): IfPresentNode["present"] =>
    Array.isArray(words)
      ? readArguments(words, `${path}/${key}`, io, report)
      : readArgument(words, `${path}/${key}`, io, report);
  return Object.freeze({
    kind: "if-present",
    input: input?.name ?? "",
    present: side(then, "then"),
    ...(!isNothing(otherwise) && { absent: side(otherwise, "else") }),
  });
}

function isNothing(words: unknown): boolean {
  return words === undefined || words === null || (Array.isArray(words) && words.length === 0);
}
