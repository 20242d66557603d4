/** Colours of light and dark. Each tone is one hue: its text or line, and the ground behind it. */
const light = {
  canvas: "#f7f8fa",
  card: "#ffffff",
  border: "#d5dae1",
  text: "#1b2330",
  quiet: "#5f6b7c",
  wire: "#97a2b2",
  blue: "#2563c9",
  green: "#1c8050",
  violet: "#7446c4",
  amber: "#a8650a",
  red: "#c2384a",
  teal: "#0f7f8a",
  shadow: "rgba(20, 30, 50, 0.10)",
} as const;

const dark: Readonly<Record<keyof typeof light, string>> = {
  canvas: "#11151b",
  card: "#1b212a",
  border: "#38414e",
  text: "#e6eaf0",
  quiet: "#9aa6b6",
  wire: "#66717f",
  blue: "#78a9ff",
  green: "#5cc791",
  violet: "#b493f5",
  amber: "#e3a84f",
  red: "#f2828f",
  teal: "#4fc4d0",
  shadow: "rgba(0, 0, 0, 0.45)",
};

export type Tone = "blue" | "green" | "violet" | "amber" | "red" | "teal" | "quiet";

const font = `ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif`;

function variables(theme: Readonly<Record<string, string>>): string {
  return Object.entries(theme)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

/** The drawing follows the reader's theme, unless the page around it chooses one. */
export const themeStyle = `
.retemper{${variables(light)};font-family:${font}}
@media (prefers-color-scheme:dark){.retemper{${variables(dark)}}}
[data-theme=light] .retemper,.retemper[data-theme=light]{${variables(light)}}
[data-theme=dark] .retemper,.retemper[data-theme=dark]{${variables(dark)}}`;

export const drawingStyle = `
.canvas{fill:var(--canvas)}
.card rect.body{fill:var(--card);stroke:var(--border);filter:drop-shadow(0 1px 2px var(--shadow))}
.title{font-size:14px;font-weight:600;fill:var(--text)}
.line{font-size:11.5px;fill:var(--quiet)}
.badge{font-size:10px;fill:var(--quiet)}
.badge-body{fill:none;stroke:var(--border)}
.heading{font-size:21px;font-weight:650;fill:var(--text)}
.sub{font-size:12.5px;fill:var(--quiet)}
.pill rect{fill:var(--card);stroke:var(--border);stroke-dasharray:none}
.pill .name{font-size:11.5px;font-weight:600;fill:var(--text)}
.pill .type{font-size:11.5px}
.cluster .body{fill-opacity:.055;stroke-opacity:.5;stroke-width:1.25}
.cluster-label{font-size:12px;paint-order:stroke;stroke:var(--canvas);stroke-width:4px;stroke-opacity:.8;stroke-linejoin:round;pointer-events:none}
.cluster-label .keyword{font-weight:700}
.cluster-label .label{fill:var(--text)}
.edge path.wire{fill:none;stroke-width:1.5;stroke-linejoin:round}
.edge.artifact path.wire{stroke-width:2}
.edge.order path.wire{stroke-dasharray:5 4}
.edge.exit path.wire{stroke-dasharray:2 4;stroke-linecap:round;stroke-width:2}
.output{font-size:10.5px;paint-order:stroke;stroke:var(--canvas);stroke-width:3px;stroke-opacity:.8;stroke-linejoin:round}
${(["blue", "green", "violet", "amber", "red", "teal", "quiet"] satisfies Tone[])
  .map((tone) => `.fill-${tone}{fill:var(--${tone})}.stroke-${tone}{stroke:var(--${tone})}`)
  .join("\n")}
.stroke-wire{stroke:var(--wire)}.fill-wire{fill:var(--wire)}`;

/** Artifacts of a kind have one colour, wherever they go. */
export function toneOfType(type: string): Tone {
  const bare = type.replace("[]", "");
  if (/Model|Endpoint/.test(bare)) return "violet";
  if (/Dataset|Table|BQ/.test(bare)) return "green";
  if (/Metrics|Evaluation/.test(bare)) return "amber";
  if (/HTML|Markdown/.test(bare)) return "teal";
  return "blue";
}
