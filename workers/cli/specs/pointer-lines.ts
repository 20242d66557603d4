import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from "yaml";

/**
 * Where the places of a YAML or JSON text are.
 *
 * @returns The line, from 1, of a JSON pointer in a document, or of the nearest that is there.
 */
export function pointerLines(text: string): (document: number, pointer: string) => number | null {
  const lineCounter = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter, logLevel: "error" })];
  return (index, pointer) => {
    const contents: unknown = documents[index]?.contents;
    if (contents === undefined || contents === null) return null;
    const offset = offsetOf(contents as Node, keysOf(pointer));
    return offset === null ? null : lineCounter.linePos(offset).line;
  };
}

function keysOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .filter((key) => key !== "")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Of the key, where the place has one: there its line begins. */
function offsetOf(root: Node, keys: readonly string[]): number | null {
  let node: unknown = root;
  let offset = root.range?.[0] ?? null;
  for (const key of keys) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === key,
      );
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)];
      if (item === undefined) return offset;
      offset = (item as Node).range?.[0] ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}
