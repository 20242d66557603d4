/** Pictures of pipelines: any valid spec, wherever it comes from. */
import type { PipelineSpec } from "../ir/types.ts";
import { bundleValues } from "./diagram/bundle-values.ts";
import { fold } from "./diagram/fold.ts";
import { toDiagram } from "./diagram/to-diagram.ts";
import { readFlow } from "./flow/index.ts";
import { drawHtml } from "./html/html.ts";
import { drawMermaid } from "./mermaid.ts";
import { type Drawing, draw, drawSvg } from "./svg/svg.ts";
import { drawingStyle, themeStyle } from "./svg/theme.ts";

export { FlowError, type FlowErrorCode } from "./flow/index.ts";
export type { Drawing } from "./svg/svg.ts";
export { escapeXml } from "./svg/xml.ts";

/** A flowchart in Mermaid's language, for READMEs and pull requests. Throws `FlowError`. */
export function toMermaid(spec: PipelineSpec): string {
  return drawMermaid(toDiagram(readFlow(spec)));
}

/** A self-contained picture, light or dark as its reader's screen is. Throws `FlowError`. */
export async function toSvg(spec: PipelineSpec): Promise<string> {
  return drawSvg(bundleValues(toDiagram(readFlow(spec))));
}

/**
 * The picture alone, as a part of a page that has {@link pictureStyle}. Throws `FlowError`.
 *
 * @param options.closed paths of loops, branches and pipelines that are one card each; all are open when left out
 */
export async function toDrawing(
  spec: PipelineSpec,
  { closed = [] }: { readonly closed?: readonly string[] } = {},
): Promise<Drawing> {
  return draw(fold(toDiagram(readFlow(spec)), new Set(closed)));
}

/** CSS of the picture, with the colours of light and dark as variables of whatever has the class `retemper`. */
export const pictureStyle: string = themeStyle + drawingStyle;

/** For a page with {@link toDrawing}: a class `Stage`, with which one moves about in the picture. */
export { stageScript } from "./html/stage.ts";

/** A self-contained page: the picture to move about in, and all about each task. Throws `FlowError`. */
export async function toHtml(spec: PipelineSpec): Promise<string> {
  const flow = readFlow(spec);
  return drawHtml(bundleValues(toDiagram(flow)), flow);
}
