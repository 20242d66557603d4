import { counted } from "../format.ts";
import { type Html, html } from "../html.ts";
import { pathOf } from "../links.ts";
import { empty, section } from "../parts.ts";
import { type Lineage, mostNodes } from "./lineage.ts";

/** What came from what, as a picture; the browser fetches it from the resource's own address, `/lineage`. */
export function lineageSection(name: string, lineage: Lineage): Html {
  if (lineage.edges.length === 0)
    return section("Lineage", empty("Nothing is known of where it comes from or went to."));
  const cut = lineage.nodes.length >= mostNodes;
  return section(
    "Lineage",
    html`<live-graph id="lineage" class="lineage" src="${pathOf(name)}/lineage?is=${versionOf(lineage)}" states="{}" chosen=""></live-graph>
${cut && html`<p class="quiet">The nearest ${counted(mostNodes, "node")}.</p>`}`,
  );
}

/** Another one for another picture. */
function versionOf({ nodes, edges }: Lineage): string {
  const looks = nodes.map(({ look }) => look?.[0] ?? "").join("");
  return `${nodes.length}-${edges.length}-${looks}`;
}
