/** Two characters of the private use area of Unicode, which no text that a person writes has side by side with numbers. */
const start = "\uE000";
const end = "\uE001";
const markers = new RegExp(`${start}(\\d+)${end}`, "g");

/** Stands in a text for a reference that is filled in later. */
export function marker(index: number): string {
  return `${start}${index}${end}`;
}

/** The text with each marker replaced. */
export function fillIn(text: string, of: (index: number) => string): string {
  return text.includes(start) ? text.replace(markers, (_, index) => of(Number(index))) : text;
}

const loose = new RegExp(`${start}(\\d+):(\\d+)${end}`, "g");

/** Stands for a value while its author writes texts: the `index`-th of the pipeline with this serial number. */
export function looseMarker(serial: number, index: number): string {
  return `${start}${serial}:${index}${end}`;
}

/** The text with each loose marker replaced. */
export function tieDown(text: string, of: (serial: number, index: number) => string): string {
  if (!text.includes(start)) return text;
  return text.replace(loose, (_, serial, index) => of(Number(serial), Number(index)));
}

/** Whether a text that is needed now has a marker in it. */
export function hasMarker(text: string): boolean {
  return text.includes(start) && new RegExp(`${start}\\d+(:\\d+)?${end}`).test(text);
}
