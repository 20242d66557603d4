import type { Diagram, DiagramEdge, DiagramNode } from "./diagram/diagram.ts";

/** Mermaid's text of a diagram: what READMEs and pull requests draw. https://mermaid.js.org/syntax/flowchart.html */
export function drawMermaid(diagram: Diagram): string {
  const ids = new Map<string, string>();
  const lines: string[] = ["flowchart TB"];
  const classed: string[] = [];
  for (const node of diagram.nodes) draw(node, "  ");
  for (const [first, ...more] of Map.groupBy(diagram.edges, ({ from, to }) => JSON.stringify([from, to])).values()) {
    if (first !== undefined) lines.push(`  ${edgeText(first, [first, ...more])}`);
  }
  lines.push(...classes, ...classed);
  return `${lines.join("\n")}\n`;

  function draw(node: DiagramNode, margin: string): void {
    const id = `n${ids.size}`;
    ids.set(node.id, id);
    if (node.kind === "cluster") {
      lines.push(
        `${margin}subgraph ${id}[${quoted(`${node.keyword} ${node.label}`.trim())}]`,
        `${margin}  direction TB`,
      );
      for (const inner of node.nodes) draw(inner, `${margin}  `);
      lines.push(`${margin}end`);
      classed.push(`  class ${id} ${node.role}`);
      return;
    }
    if (node.kind === "pill") {
      lines.push(`${margin}${id}([${quoted(`${node.title}: ${node.type}`)}]):::pill`);
      return;
    }
    const details = [...node.lines, ...(node.badges.length > 0 ? [node.badges.join(", ")] : [])];
    lines.push(`${margin}${id}[${quoted(node.title, ...details)}]:::${node.runs}`);
  }

  function edgeText({ from, to, kind }: DiagramEdge, all: readonly DiagramEdge[]): string {
    const names = all.flatMap(({ name, type }) => (name === null ? [] : [type === null ? name : `${name}: ${type}`]));
    const shown = names.length > 3 ? [...names.slice(0, 2), `and ${names.length - 2} more`] : names;
    const label = shown.length === 0 ? "" : `|${quoted(...shown)}|`;
    const arrow = kind === "artifact" ? "==>" : kind === "parameter" ? "-->" : "-.->";
    return `${ids.get(from)} ${arrow}${label} ${ids.get(to)}`;
  }
}

/** Lines of a label. Mermaid reads `#quot;` and the like in quotes, and markdown and HTML too. */
function quoted(...lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replaceAll(/[#"<>&`\\*_[\]|]/g, (character) => `#${character.codePointAt(0)};`).replaceAll(/\s+/g, " "),
  );
  const [title, ...small] = escaped;
  return `"${title}${small.map((line) => `<br/><small>${line}</small>`).join("")}"`;
}

/** Tones that hold on light and on dark pages. */
const classes = [
  "  classDef container stroke:#2563c9,stroke-width:1.5px",
  "  classDef python stroke:#b8740f,stroke-width:1.5px",
  "  classDef typescript stroke:#2563c9,stroke-width:1.5px",
  "  classDef google-cloud stroke:#0f7f8a,stroke-width:1.5px",
  "  classDef custom-job stroke:#7446c4,stroke-width:2px",
  "  classDef importer stroke:#1c8050,stroke-width:1.5px",
  "  classDef nothing stroke:#7b8794",
  "  classDef pill stroke:#7b8794,stroke-dasharray:3 3",
  "  classDef loop fill:#7446c412,stroke:#7446c4",
  "  classDef branch fill:#b8740f12,stroke:#b8740f",
  "  classDef branches fill:#b8740f08,stroke:#b8740f,stroke-dasharray:6 4",
  "  classDef exit-handler fill:#c2384a10,stroke:#c2384a",
  "  classDef pipeline fill:#2563c90c,stroke:#2563c9",
];
