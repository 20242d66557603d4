/** The whole look: no fonts, pictures or scripts from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf7, #14161a); --card: light-dark(#ffffff, #1b1e24); --ink: light-dark(#1d2430, #e8e6e1);
  --soft: light-dark(#667085, #98a1b0); --line: light-dark(#e6e2d9, #2c313a); --faint: light-dark(#f3f0e9, #22262e);
  --train: light-dark(#2f6f8f, #66b2d6); --validation: light-dark(#e0a030, #f0bd5c); --test: light-dark(#b4552d, #e98a5f);
  --lost: light-dark(#b9b3a6, #5a606b); --good: light-dark(#2e7d54, #6cc596); --warn: light-dark(#b7791f, #f0b849);
  --bad: light-dark(#b3362b, #f07d70); --before: light-dark(#b8b0a0, #6d7482); --now: var(--train);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
main { max-width: 1080px; margin: 0 auto; padding: 0 24px 96px; }
header { padding: 56px 0 20px; }
h1 { font: 600 34px/1.15 "Iowan Old Style", Charter, Georgia, serif; letter-spacing: -.01em; margin: 0 0 6px; text-wrap: balance; }
h2 { font: 600 23px/1.25 "Iowan Old Style", Charter, Georgia, serif; margin: 0 0 4px; }
h3 { font-size: 13px; font-weight: 650; margin: 26px 0 8px; color: var(--ink); }
.about { color: var(--soft); margin: 0; } .about b { color: var(--ink); font-weight: 600; }
.lead { color: var(--soft); margin: 0 0 18px; max-width: 68ch; text-wrap: pretty; }
nav { position: sticky; top: 0; z-index: 2; margin: 0 -24px 28px; padding: 10px 24px; display: flex; gap: 4px 18px; overflow-x: auto;
  background: color-mix(in srgb, var(--paper) 88%, transparent); backdrop-filter: blur(8px); border-bottom: 1px solid var(--line);
  scrollbar-width: none; }
nav a { color: var(--soft); text-decoration: none; font-size: 13px; white-space: nowrap; padding: 2px 0; }
nav a:hover { color: var(--ink); }
section { margin: 0 0 52px; scroll-margin-top: 60px; }
a { color: var(--train); }
code, .mono { font-family: var(--mono); font-size: .86em; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; }
.grid { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
.grid.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
.grid > .card h3:first-child, .card > h3:first-child { margin-top: 0; }
.grid > * { min-width: 0; }
.tiles { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(126px, 1fr)); margin: 0 0 14px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; }
.tile .name { color: var(--soft); font-size: 12.5px; }
.tile .value { font-size: 25px; font-weight: 600; letter-spacing: -.02em; line-height: 1.25; }
.tile .note { color: var(--soft); font-size: 12.5px; }
.dot { display: inline-block; width: 9px; height: 9px; border-radius: 3px; margin-right: 6px; background: var(--lost); }
.dot.train { background: var(--train); } .dot.validation { background: var(--validation); } .dot.test { background: var(--test); }
.dot.before { background: var(--before); } .dot.now { background: var(--now); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 12.5px; margin: 0 0 10px; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg text.small { font-size: 10.5px; }
svg text.strong { fill: var(--ink); font-weight: 600; } svg .axis { stroke: var(--line); }
.f-train { fill: var(--train); } .f-validation { fill: var(--validation); } .f-test { fill: var(--test); } .f-lost { fill: var(--lost); }
.f-before { fill: var(--before); } .f-now { fill: var(--now); } .f-source { fill: var(--ink); }
.band { fill-opacity: .24; } .band:hover { fill-opacity: .4; }
.mark { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 4 3; } svg text.mark-text { fill: var(--bad); font-weight: 600; }
.median { stroke: var(--ink); stroke-width: 1; stroke-opacity: .55; }
.scroll { overflow-x: auto; margin: 0 -22px; padding: 0 22px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 550; font-size: 12px; color: var(--soft); padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: bottom; }
td { padding: 8px 14px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; } th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; white-space: nowrap; } td.wide { min-width: 220px; } td.bar { width: 34%; min-width: 140px; vertical-align: middle; }
.meter { position: relative; height: 9px; border-radius: 3px; background: var(--faint); overflow: hidden; }
.meter > i { position: absolute; inset: 0 auto 0 0; background: var(--train); border-radius: 3px; min-width: 1px; }
.meter > i.validation { background: var(--validation); } .meter > i.test { background: var(--test); } .meter > i.lost { background: var(--lost); }
.meter + .meter { margin-top: 2px; height: 4px; }
.chip { display: inline-block; font-size: 12px; font-weight: 600; line-height: 1; padding: 4px 8px; border-radius: 99px; white-space: nowrap;
  color: var(--soft); background: var(--faint); }
.about .chip { white-space: normal; line-height: 1.35; border-radius: 12px; }
.chip.none { color: var(--good); background: color-mix(in srgb, var(--good) 13%, transparent); }
.chip.moderate { color: var(--warn); background: color-mix(in srgb, var(--warn) 15%, transparent); }
.chip.large { color: var(--bad); background: color-mix(in srgb, var(--bad) 13%, transparent); }
.chip.label { color: var(--ink); font-weight: 550; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
.quote { border-left: 3px solid var(--line); padding: 2px 0 2px 14px; margin: 0 0 12px; }
.quote .meta { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: center; color: var(--soft); font-size: 12.5px; margin-bottom: 3px; }
.quote.train { border-color: var(--train); } .quote.validation { border-color: var(--validation); } .quote.test { border-color: var(--test); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 18px; padding: 12px 0; border-top: 1px solid var(--line); }
.pair > .meta { grid-column: 1 / -1; color: var(--soft); font-size: 12.5px; margin-bottom: 4px; }
mark { background: color-mix(in srgb, var(--validation) 34%, transparent); color: inherit; border-radius: 3px; padding: 0 1px; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--soft); font-size: 13px; } details[open] > summary { margin-bottom: 10px; }
.empty { color: var(--soft); margin: 0; }
footer { color: var(--soft); font-size: 12.5px; border-top: 1px solid var(--line); padding-top: 16px; }
@media (max-width: 620px) {
  main { padding: 0 16px 64px; } header { padding-top: 32px; } nav { margin: 0 -16px 20px; padding: 9px 16px; } h1 { font-size: 27px; }
  .card { padding: 16px; } .scroll { margin: 0 -16px; padding: 0 16px; } .pair { grid-template-columns: 1fr; gap: 8px; }
  .tiles { grid-template-columns: 1fr 1fr; } svg text { font-size: 15px; } .flow { min-width: 620px; } .flow text { font-size: 12px; }
}
@media print {
  :root { color-scheme: light; } body { font-size: 11px; background: #fff; } nav { display: none; } main { max-width: none; padding: 0; }
  header { padding-top: 0; } section { margin-bottom: 26px; } .card, .tile, .pair, .quote, tr, svg { break-inside: avoid; } h2, h3, .lead { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } details > * { display: block; }
}
`;
