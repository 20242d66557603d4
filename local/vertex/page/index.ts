import type { IncomingMessage, ServerResponse } from "node:http";
import { matchRoute, type Route } from "../../http/router.ts";
import { serveHttp } from "../../http/serve.ts";
import { VertexError } from "../wire/errors.ts";
import { artifactRoutes } from "./artifacts/routes.ts";
import { assetRoutes } from "./assets.ts";
import { batchPredictionRoutes } from "./batch-predictions/routes.ts";
import { compareRoutes } from "./compare/routes.ts";
import type { PageContext } from "./context.ts";
import { customJobRoutes } from "./custom-jobs/routes.ts";
import { renderDocument } from "./document.ts";
import { endpointRoutes } from "./endpoints/routes.ts";
import { httpStatusOf, isForThisMachine, isFromThePage, sendPage } from "./exchange.ts";
import { Drawings } from "./graph/drawings.ts";
import { html } from "./html.ts";
import { metadataRoutes } from "./metadata/routes.ts";
import { modelRoutes } from "./models/routes.ts";
import { pipelineJobRoutes } from "./pipeline-jobs/routes.ts";
import { scheduleRoutes } from "./schedules/routes.ts";
import { tuningRoutes } from "./tuning/routes.ts";

export interface Page {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The web page of local Vertex: what there is, how it stands, and a button that cancels a job. Port 0 takes a free one. */
export async function startPage(port: number, context: PageContext): Promise<Page> {
  const drawings = new Drawings();
  const routes: readonly Route[] = [
    ...assetRoutes(),
    ...pipelineJobRoutes(context, drawings),
    ...compareRoutes(context),
    ...artifactRoutes(context),
    ...scheduleRoutes(context),
    ...tuningRoutes(context),
    ...batchPredictionRoutes(context),
    ...metadataRoutes(context, drawings),
    ...customJobRoutes(context),
    ...modelRoutes(context),
    ...endpointRoutes(context),
  ];
  const server = await serveHttp(port, (request, response) => answer(routes, request, response));
  return {
    url: server.url,
    async close() {
      await server.close();
      await drawings.close();
    },
  };
}

async function answer(routes: readonly Route[], request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!isForThisMachine(request)) {
      throw new VertexError("PERMISSION_DENIED", "This page answers only to localhost and 127.0.0.1.");
    }
    if (request.method === "POST" && !isFromThePage(request)) {
      throw new VertexError("PERMISSION_DENIED", "Only the page itself may ask for a change.");
    }
    const match = matchRoute(routes, request);
    if (match === undefined) throw new VertexError("NOT_FOUND", `There is nothing at ${request.url}.`);
    await match.route.handle(match.parameters, { request, response, query: match.query });
  } catch (thrown) {
    if (response.headersSent) throw thrown;
    const error = VertexError.from(thrown);
    if (error.code === "INTERNAL") console.error(`${request.method} ${request.url}:`, thrown);
    const main = html`<div class="refusal"><h1>${error.code}</h1><p>${error.message}</p><p><a href="/">All pipeline jobs</a></p></div>`;
    sendPage(
      response,
      renderDocument({ title: error.code, area: null, layout: "list", main }, false),
      httpStatusOf(error),
    );
  }
}
