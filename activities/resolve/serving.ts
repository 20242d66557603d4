import { requestForm, servedModelTypes } from "../../pipelines/promote/serve.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { Champion } from "../../pipelines/retrain/run.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import type { Hub, PinnedRepo } from "../hub/hub.ts";

/** By digest; undefined where the trainer serves. */
export async function pinServing({ registry }: Clients, { serve }: Recipe): Promise<string | undefined> {
  return serve === undefined || serve.container === "trainer" ? undefined : registry.pin(serve.image);
}

/** Throws `UnservedModel` where the recipe's container does not serve what the base model is. */
export async function checkServed(
  { hub }: { readonly hub: Pick<Hub, "open"> },
  { serve }: Pick<Recipe, "serve">,
  model: Promise<PinnedRepo>,
): Promise<void> {
  if (serve?.container !== "vllm" && serve?.container !== "tei") return;
  // A model that is not there is told as such.
  const repo = await model.catch(() => null);
  if (repo === null) return;
  const config = JSON.parse(await (await hub.open(repo, "config.json")).text()) as { model_type?: unknown };
  const served = servedModelTypes(serve);
  if (served.includes(String(config.model_type))) return;
  throw new UserError(
    "UnservedModel",
    `${serve.container} does not serve models of type ${String(config.model_type)}; it serves ${served.join(", ")}`,
  );
}

/**
 * Who asks an endpoint asks in one form, and a canary splits requests between two models: both must understand them.
 * Throws `RequestFormChanged`.
 */
export function checkRequestForm(
  { serve, promote }: Pick<Recipe, "serve" | "promote">,
  champion: Champion | null,
): void {
  const [form, theirs] = [requestForm(serve), champion?.requests ?? "trainer"];
  if (champion === null || form === theirs) return;
  throw new UserError("RequestFormChanged", "the container that serves cannot be exchanged on a live endpoint", [
    {
      path: "serve.container",
      message: `is asked as ${form} is, but ${promote.endpoint} serves ${champion.modelVersion}, which is asked as ${theirs} is; name another promote.endpoint`,
    },
  ]);
}
