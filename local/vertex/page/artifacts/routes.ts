import { createReadStream } from "node:fs";
import { extname } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Exchange, type Route, route } from "../../../http/router.ts";
import { notFound, VertexError } from "../../wire/errors.ts";
import type { PageContext } from "../context.ts";
import { page } from "../live.ts";
import { artifactView } from "./artifact.ts";
import { findContent, imageTypes, type Viewable } from "./content.ts";

const artifact = "/projects/:project/locations/:location/metadataStores/:store/artifacts/:id";

/**
 * A report may run its own programs and bring its own pictures, but nothing of this page is within its reach: it is
 * of no origin, whether it stands in a frame or is opened by itself.
 */
const policyOfReports =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' https: data: blob:; style-src 'unsafe-inline' https: data:; img-src https: data: blob:; font-src https: data:; worker-src blob:";
const policyOfOthers = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function artifactRoutes(context: PageContext): readonly Route[] {
  const find = ({ project, location, store, id }: Record<"project" | "location" | "store" | "id", string>) => {
    const name = `projects/${project}/locations/${location}/metadataStores/${store}/artifacts/${id}`;
    const found = context.artifacts.get(name);
    if (found === undefined) throw notFound("Artifact", name);
    return found;
  };
  return [
    page(context.store, artifact, (parameters, asked) =>
      artifactView(context, find(parameters), asked.get("path") ?? ""),
    ),
    route("GET", `${artifact}/content`, (parameters, exchange) => sendContent(context, find(parameters), exchange)),
  ];
}

/** A file, as it is. */
export async function sendContent(
  { mount }: Pick<PageContext, "mount">,
  found: Viewable,
  { query, response }: Exchange,
): Promise<void> {
  const content = await findContent(mount, found, query.get("path") ?? "");
  if (content.kind !== "file") throw new VertexError("NOT_FOUND", `There is no file at ${found.uri}.`);
  const { file, form, size } = content;
  response.writeHead(200, {
    "content-type":
      form === "html"
        ? "text/html; charset=utf-8"
        : (imageTypes[extname(file).toLowerCase()] ??
          (form === "binary" ? "application/octet-stream" : "text/plain; charset=utf-8")),
    "content-length": size,
    "content-security-policy": form === "html" ? policyOfReports : policyOfOthers,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  await pipeline(createReadStream(file, { end: Math.max(0, size - 1) }), response);
}
