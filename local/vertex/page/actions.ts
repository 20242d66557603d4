import type { ServerResponse } from "node:http";
import { type Route, route } from "../../http/router.ts";
import { VertexError } from "../wire/errors.ts";
import { idOf } from "../wire/names.ts";
import { type Html, html, nothing } from "./html.ts";
import { nameIn, pathOf, templateOf } from "./links.ts";

/** What a person may do with a resource here: `POST NAME:VERB`, as in the API. Leads back to the resource's page. */
export function actionRoute(collection: string, actions: Readonly<Record<string, (name: string) => void>>): Route {
  return route("POST", templateOf(collection), (parameters, { response }) => {
    const colon = parameters.id.lastIndexOf(":");
    const verb = parameters.id.slice(colon + 1);
    const act = Object.hasOwn(actions, verb) ? actions[verb] : undefined;
    if (colon < 0 || act === undefined) {
      throw new VertexError("NOT_FOUND", `There is nothing to do at ${parameters.id}.`);
    }
    const name = nameIn(collection, { ...parameters, id: parameters.id.slice(0, colon) });
    act(name);
    redirect(response, pathOf(name));
  });
}

export function redirect(response: ServerResponse, path: string): void {
  response.writeHead(303, { location: path }).end();
}

/** Does at once what it says. */
export function actionButton(name: string, verb: string, title: string): Html {
  return html`<form method="post" action="${pathOf(name)}:${verb}"><button type="submit">${title}</button></form>`;
}

/** Asks once more; without a script, too. */
export function cancelButton(name: string, hidden: boolean, consequence: string): Html {
  if (hidden) return nothing;
  return html`<button type="button" class="danger" popovertarget="cancel">Cancel job</button>
<div popover id="cancel" role="dialog" aria-label="Cancel job"><form method="post" action="${pathOf(name)}:cancel">
<p>Cancel <strong>${idOf(name)}</strong>? ${consequence}</p>
<p class="actions"><button type="button" popovertarget="cancel" popovertargetaction="hide">Let it run</button>
<button type="submit" class="danger solid">Cancel the job</button></p></form></div>`;
}
