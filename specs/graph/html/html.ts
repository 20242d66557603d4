import type { Diagram } from "../diagram/diagram.ts";
import { allTasks, type Flow } from "../flow/index.ts";
import { drawHeading } from "../svg/heading.ts";
import { layOut } from "../svg/layout.ts";
import { drawLayout } from "../svg/svg.ts";
import { drawingStyle, themeStyle } from "../svg/theme.ts";
import { escapeXml } from "../svg/xml.ts";
import { detailsOf, detailsOfPipeline } from "./details.ts";
import { pageStyle } from "./style.ts";
import { viewerScript } from "./viewer.ts";

const gap = 26;

/** A page that needs nothing else: the drawing, to move about in, and all about each step of it. */
export async function drawHtml(diagram: Diagram, flow: Flow): Promise<string> {
  const layout = await layOut(diagram);
  const heading = drawHeading({ ...diagram, title: "" });
  const tasks = [...allTasks(flow.steps)].length;
  const data = {
    steps: Object.fromEntries([...flow.byPath.values()].map((step) => [step.path, detailsOf(step, flow)])),
    pipeline: detailsOfPipeline(flow),
    edges: diagram.edges.map(({ from, to }) => [from, to]),
  };
  return `<!doctype html>
<html lang="en" class="retemper">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(diagram.title)}</title>
<style>${themeStyle}${drawingStyle}${pageStyle}</style>
</head>
<body>
<header>
<h1><button id="about" title="Inputs and outputs">${escapeXml(diagram.title)}</button></h1>
<span class="count">${tasks} task${tasks === 1 ? "" : "s"}</span>
<span class="space"></span>
<input id="search" type="search" placeholder="Find a task  /" aria-label="Find a task">
<button id="out" title="Smaller (−)">−</button>
<button id="in" title="Larger (+)">+</button>
<button id="fit" title="Show all (0)">Fit</button>
<button id="theme" title="Light or dark" aria-label="Light or dark">◐</button>
</header>
<main>
<svg id="stage" xmlns="http://www.w3.org/2000/svg"><g id="world"><g>${heading.svg}</g>
<g transform="translate(0 ${heading.height + gap})">${drawLayout(diagram, layout)}</g></g></svg>
<aside id="panel" aria-live="polite" hidden></aside>
</main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${viewerScript}</script>
</body>
</html>
`;
}
