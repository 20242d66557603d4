import { type Handler, openRepo, repoUrl } from "./context.ts";
import { HubError } from "./errors.ts";

/** `GET /NAME`: what the addresses in messages lead to. */
export const page: Handler = async (hub, { repo: id }, { request, response }) => {
  const { repo } = await openRepo(hub, id, "HEAD", request);
  const head = hub.repositories.find(id, "main");
  const lines = [
    `${repo.kind} ${repo.name}${repo.private ? " (private)" : ""}`,
    head === undefined ? "no commit yet" : `main: ${head.oid} ${head.title}`,
    ...(head?.entries ?? []).map(({ path, size }) => `  ${path} (${size} bytes)`),
    ...(repo.gated === false
      ? []
      : ["", "Gated. To accept its license:", `  curl -X POST ${repoUrl(hub, id)}/ask-access`]),
  ];
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(`${lines.join("\n")}\n`);
};

/** `POST /NAME/ask-access`: somebody accepts the license. */
export const askAccess: Handler = async (hub, { repo: id }, { request, response }) => {
  const { repo, identity } = await openRepo(hub, id, "HEAD", request);
  if (identity === null) throw new HubError("UNAUTHENTICATED", "You must be logged in to ask for access.");
  if (repo.gated === "manual") {
    throw new HubError(
      "FORBIDDEN",
      `Access to ${id.name} is granted by its owner, who was not asked: the local Hub sends no mail.`,
    );
  }
  hub.database.addReader(id, identity.user);
  response
    .writeHead(200, { "content-type": "text/plain; charset=utf-8" })
    .end(`${identity.user} may read ${id.name}\n`);
};
