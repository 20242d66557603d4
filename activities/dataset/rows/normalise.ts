/** What is not already one blank: runs of white space, and single ones of another kind. */
const oddSpaces =
  "[\\s\\p{Z}]{2,}|[\\t\\n\\f\\r\\v\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]";

/**
 * Texts that differ only in letter case, spaces or Unicode form are the same text. A SQL expression.
 * Matching every blank would take ten times as long as matching only what is to be changed.
 */
export function normalised(text: string): string {
  return `trim(${betweenBlanks(text)})`;
}

/** The same with one blank before and one behind it, which is faster: `trim` looks at every letter. */
export function betweenBlanks(text: string): string {
  return `lower(regexp_replace(concat(' ', nfc_normalize(${text}), ' '), '${oddSpaces}', ' ', 'g'))`;
}

/** Where an id or another hash in hex falls in [0, 1): a function of it alone, so that a row stays in its split. */
export function position(hash: string): string {
  return `(CAST('0x' || substr(${hash}, 1, 8) AS UBIGINT) / 4294967296.0)`;
}
