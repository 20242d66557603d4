import type { Drawing } from "../../../../specs/graph/index.ts";
import type { JsonObject } from "../../wire/json.ts";
import { DrawingError, type Drawings } from "../graph/drawings.ts";

/** What the browser gets: the picture, or why there is none. */
export async function drawingOf(drawings: Drawings, spec: JsonObject): Promise<Drawing | { readonly problem: string }> {
  try {
    return await drawings.get(spec);
  } catch (error) {
    if (!(error instanceof DrawingError)) throw error;
    return { problem: `The pipeline can’t be drawn: ${error.message}` };
  }
}
