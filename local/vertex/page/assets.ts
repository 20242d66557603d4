import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pictureStyle, stageScript } from "../../../specs/graph/index.ts";
import { type Route, route } from "../../http/router.ts";
import { VertexError } from "../wire/errors.ts";

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** In the order in which they apply. */
const styles = [
  "base",
  "bar",
  "list",
  "look",
  "run",
  "tasks",
  "artifact",
  "metrics",
  "charts",
  "compare",
  "log",
  "picture",
  "narrow",
];

/** What a browser loads beside the pages: the files of `client/`, and one style made of theirs and of pictures'. */
export function assetRoutes(): readonly Route[] {
  const folder = join(import.meta.dirname, "client");
  const assets = new Map<string, string>();
  for (const name of readdirSync(folder).filter((each) => extname(each) !== "")) {
    assets.set(name, readFileSync(join(folder, name), "utf8"));
  }
  const own = styles.map((name) => readFileSync(join(folder, "styles", `${name}.css`), "utf8"));
  assets.set("stage.js", `${stageScript}\nexport { Stage };\n`);
  assets.set("page.css", [pictureStyle, ...own].join("\n"));
  return [
    route("GET|HEAD", "/assets/:name", ({ name }, { request, response }) => {
      const content = assets.get(name);
      if (content === undefined) throw new VertexError("NOT_FOUND", `There is no ${name}.`);
      response.writeHead(200, {
        "content-type": types[extname(name)] ?? "application/octet-stream",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
      });
      response.end(request.method === "HEAD" ? undefined : content);
    }),
  ];
}
