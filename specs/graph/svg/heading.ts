import type { Diagram } from "../diagram/diagram.ts";
import { fitted, textWidth } from "./text-width.ts";
import { escapeXml } from "./xml.ts";

const lineHeight = 19;
const widest = 900;
const mostRows = 6;

/** Title, description and inputs, above the drawing. */
export function drawHeading(diagram: Diagram): {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
} {
  const lines: string[] = [];
  if (diagram.description !== null) lines.push(diagram.description.replaceAll(/\s+/g, " "));
  const inputs = diagram.inputs.map(
    ({ name, type, default: value }) =>
      `${name}: ${type}${value === null ? "" : value === "optional" ? "?" : ` = ${value}`}`,
  );
  const rows = inRows(inputs);
  lines.push(
    ...(rows.length > mostRows ? [...rows.slice(0, mostRows - 1), `… ${diagram.inputs.length} inputs in all`] : rows),
  );
  const shown = lines.map((line) => fitted(line, 12.5, widest));
  const texts = shown.map(
    (line, index) => `<text class="sub" x="0" y="${44 + index * lineHeight}">${escapeXml(line)}</text>`,
  );
  return {
    svg: `<text class="heading" x="0" y="20">${escapeXml(fitted(diagram.title, 21, widest))}</text>${texts.join("")}`,
    width: Math.max(textWidth(diagram.title, 22), ...shown.map((line) => textWidth(line, 12.5))),
    height: 34 + shown.length * lineHeight,
  };
}

/** As many side by side as there is room for. */
function inRows(items: readonly string[]): readonly string[] {
  const rows: string[] = [];
  let row = "";
  for (const item of items) {
    const longer = row === "" ? item : `${row}   ·   ${item}`;
    if (row !== "" && textWidth(longer, 12.5) > widest) {
      rows.push(row);
      row = item;
    } else {
      row = longer;
    }
  }
  return row === "" ? rows : [...rows, row];
}
