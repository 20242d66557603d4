import { canonicalJson } from "../ir/canonical-json.ts";
import type { Change, Subject } from "./diff.ts";
import type { Side } from "./index.ts";

const most = 3;

/** When an author sees no change, but the documents are not the same: where, as JSON pointers. */
export function compareCompiledForms(subject: Subject, before: Side, after: Side): readonly Change[] {
  const places = [
    ...differences(before.spec, after.spec, ""),
    ...differences(before.platform ?? null, after.platform ?? null, "platform document "),
  ];
  if (places.length === 0) return [];
  const shown = places.slice(0, most).join(", ");
  const name = places.length > most ? `${shown} and ${places.length - most} more` : shown;
  return [{ kind: "changed", subject, aspect: "compiled form", name, before: null, after: null }];
}

function differences(before: unknown, after: unknown, path: string): readonly string[] {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    differences(before[key], after[key], `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
