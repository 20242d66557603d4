/** Widths of a wide sans-serif typeface, in units of its size: in a narrower one there is only more room. */
const narrow = new Set("ijl.,:;'|!()[]{}`I ");
const wide = new Set("mwMW@%…×→");

/** @returns Pixels, at most. @param size Of the typeface, in pixels. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) {
    if (narrow.has(character)) width += 0.36;
    else if (wide.has(character)) width += 0.92;
    else width += character >= "A" && character <= "Z" ? 0.7 : character > "\u2e80" ? 1 : 0.6;
  }
  return width * size;
}

/** The text, or its beginning and end where it is wider than that. */
export function fitted(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  let kept = characters.length;
  const cut = () =>
    `${characters.slice(0, Math.ceil(kept * 0.7)).join("")}…${kept < 8 ? "" : characters.slice(-Math.floor(kept * 0.3)).join("")}`;
  do kept -= 1;
  while (kept > 1 && textWidth(cut(), size) > width);
  return cut();
}
