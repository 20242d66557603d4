import { parse } from "yaml";
import { isRecord } from "../http/body.ts";

/** The YAML at the head of a card; empty when there is none. Throws what the YAML parser throws. */
export function parseCard(text: string): Readonly<Record<string, unknown>> {
  const [, yaml] = /^---\r?\n(.*?)\r?\n---/s.exec(text) ?? [];
  const card: unknown = yaml === undefined ? {} : parse(yaml);
  return isRecord(card) ? card : {};
}
