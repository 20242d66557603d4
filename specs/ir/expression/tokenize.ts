import { ExpressionError } from "./error.ts";

export type Token =
  | { readonly kind: "name" | "operator"; readonly text: string; readonly position: number }
  | { readonly kind: "literal"; readonly value: string | bigint | number | boolean | null; readonly position: number }
  | { readonly kind: "end"; readonly position: number };

const patterns = {
  space: /[ \t\r\n\f]+/y,
  number: /(?:0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y,
  name: /[A-Za-z_][A-Za-z0-9_]*/y,
  operator: /\|\||&&|==|!=|<=|>=|[<>+\-*/%!?:.,()[\]]/y,
  escape: /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\\'"`?abfnrtv]))/y,
} as const;

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const keywords = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const largestInteger = 2n ** 63n;

/** Cuts an expression into tokens, by the lexical rules of the Common Expression Language. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const space = match(patterns.space);
    if (space !== null) {
      position += space.length;
      continue;
    }
    tokens.push(next());
  }
  tokens.push({ kind: "end", position });
  return tokens;

  function next(): Token {
    const start = position;
    const number = match(patterns.number);
    if (number !== null) {
      position += number.length;
      return { kind: "literal", value: numberOf(number, start), position: start };
    }
    const name = match(patterns.name);
    if (name !== null) {
      position += name.length;
      const value = keywords.get(name);
      return value === undefined
        ? { kind: "name", text: name, position: start }
        : { kind: "literal", value, position: start };
    }
    const quote = text[position];
    if (quote === "'" || quote === '"') return { kind: "literal", value: string(quote), position: start };
    const operator = match(patterns.operator);
    if (operator === null)
      throw new ExpressionError("syntax", `The character ${JSON.stringify(quote)} has no meaning here.`, text, start);
    position += operator.length;
    return { kind: "operator", text: operator, position: start };
  }

  function numberOf(written: string, start: number): bigint | number {
    if (/[.eE]/.test(written) && !written.startsWith("0x")) return Number(written);
    const value = BigInt(written);
    // -2^63 is written as the negation of this one.
    if (value > largestInteger) throw new ExpressionError("range", `${written} does not fit 64 bits.`, text, start);
    return value;
  }

  function string(quote: string): string {
    const start = position;
    let value = "";
    position += 1;
    while (text[position] !== quote) {
      const character = text[position];
      if (character === undefined || character === "\n" || character === "\r") {
        throw new ExpressionError("syntax", `The text that starts here has no closing ${quote}.`, text, start);
      }
      value += character === "\\" ? escapeSequence() : character;
      if (character !== "\\") position += 1;
    }
    position += 1;
    return value;
  }

  function escapeSequence(): string {
    patterns.escape.lastIndex = position;
    const found = patterns.escape.exec(text);
    if (found === null) throw new ExpressionError("syntax", "No such escape sequence.", text, position);
    const [whole, byte, short, long, octal, letter = ""] = found;
    const hexadecimal = byte ?? short ?? long;
    const code =
      hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : null;
    if (code !== null && (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))) {
      throw new ExpressionError("syntax", "The escape names no Unicode character.", text, position);
    }
    position += whole.length;
    return code === null ? (escapes[letter] ?? letter) : String.fromCodePoint(code);
  }

  function match(pattern: RegExp): string | null {
    pattern.lastIndex = position;
    return pattern.exec(text)?.[0] ?? null;
  }
}

/** Writes a text as a literal, in single quotes. */
export function quote(value: string): string {
  const escaped = value.replace(/[\\'\p{Cc}]/gu, (character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `'${escaped}'`;
}
