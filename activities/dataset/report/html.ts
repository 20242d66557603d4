/** Markup that is safe to show as it is: only `html` makes it, and everything else in it is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Html | string | number | null | readonly Child[];

/** Markup with values in it. Texts become texts, whatever stands in them; attributes stand in double quotes. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Html {
  return new Html(parts.reduce((text, part, index) => text + shown(children[index - 1] ?? null) + part));
}

function shown(child: Child): string {
  if (child === null) return "";
  if (child instanceof Html) return child.text;
  if (typeof child === "number") return Number.isInteger(child) ? String(child) : String(Math.round(child * 100) / 100);
  if (typeof child === "string") return escaped(child);
  return child.map(shown).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be shown.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"']/g, (character) => entities[character] ?? "")
  );
}

const grouped = new Intl.NumberFormat("en-US");

export function count(value: number): string {
  return grouped.format(value);
}

/** Short, for axes and tiles: 1.2 M. */
export function brief(value: number): string {
  if (Math.abs(value) >= 999_500) return `${short(value / 1e6)} M`;
  if (Math.abs(value) >= 9_995) return `${short(value / 1e3)} k`;
  return count(Math.round(value));
}

function short(value: number): string {
  return value < 99.95 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}

/** Of a share from 0 to 1; small ones keep a digit that says something. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value < 0.1) return "< 0.1 %";
  if (value > 99.9) return "> 99.9 %";
  return `${value < 10 || (value > 99 && value < 100) ? value.toFixed(1) : Math.round(value)} %`;
}

export function clipped(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, characters - 1).join("")}…`;
}
