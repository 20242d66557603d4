import type { NotifyActivities } from "../../pipelines/retrain/activities.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { isTransientHttp } from "../failure.ts";
import { readRecipe } from "../resolve/read-recipe.ts";

const timeoutMilliseconds = 15_000;

export function createNotifyActivities(clients: Clients): NotifyActivities {
  return {
    async notify({ recipe, key, body }) {
      const webhook = await webhookOf(clients, recipe);
      if (webhook === null) return;
      const response = await fetch(webhook, {
        method: "POST",
        // The receiver drops a repetition by this key. https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
        headers: { "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMilliseconds),
      });
      await response.body?.cancel();
      if (response.ok) return;
      // Only the host: a webhook's path and query are often its secret.
      const summary = `the webhook at ${new URL(webhook).host} answered ${response.status}`;
      if (isTransientHttp(response.status)) throw new Error(summary);
      throw new UserError("WebhookRefused", summary);
    },
  };
}

/**
 * Null where there is nobody to tell. A recipe too broken to be read names nobody: the run's own failure says what is
 * wrong with it. `$NAME` stands for the environment variable that holds the address.
 */
async function webhookOf({ environment, readVariable }: Clients, name: string): Promise<string | null> {
  let webhook: string | undefined;
  try {
    webhook = (await readRecipe(environment.recipes, name)).notify?.webhook;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
  if (!webhook?.startsWith("$")) return webhook ?? null;
  const address = readVariable(webhook.slice(1));
  if (address && URL.canParse(address)) return address;
  throw new UserError(
    "WebhookRefused",
    `the worker's variable ${webhook.slice(1)} holds no address: set it, and start the worker again`,
  );
}
