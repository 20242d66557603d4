/** What is not already one blank: runs of white space, and single ones of another kind. */
const oddSpaces =
  "[\\s\\p{Z}]{2,}|[\\t\\n\\f\\r\\v\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]";

/**
 * Texts that differ only in letter case, spaces or Unicode form are the same text. A SQL expression.
 * Matching every blank would take ten times as long as matching only what is to be changed.
 */
export function normalised(text: string): string {
  return stripped(spacesMadeOne(text));
}

/** A blank at either end may be left. */
export function spacesMadeOne(text: string): string {
  return `lower(regexp_replace(nfc_normalize(${text}), '${oddSpaces}', ' ', 'g'))`;
}

/** `trim` looks at every letter, which most texts can be spared. */
export function stripped(text: string): string {
  return `CASE WHEN starts_with(${text}, ' ') OR ends_with(${text}, ' ') THEN trim(${text}) ELSE ${text} END`;
}

/** Where an id or another hash in hex falls in [0, 1): a function of it alone, so that a row stays in its split. */
export function position(hash: string): string {
  return `(CAST('0x' || substr(${hash}, 1, 8) AS UBIGINT) / 4294967296.0)`;
}
