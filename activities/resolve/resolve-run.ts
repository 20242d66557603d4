import type { ResolveActivities } from "../../pipelines/retrain/activities.ts";
import type { Recipe } from "../../pipelines/retrain/recipe.ts";
import type { RetrainRequest } from "../../pipelines/retrain/request.ts";
import type { Pins } from "../../pipelines/retrain/run.ts";
import { validateRequest } from "../../pipelines/retrain/validate.ts";
import type { Clients } from "../clients/clients.ts";
import { pinData, pinEvaluationSets } from "../dataset/sources/pin-data.ts";
import { digestOf } from "../digest.ts";
import { UserError } from "../errors.ts";
import type { PinnedRepo } from "../hub/hub.ts";
import { readDecision } from "../ledger/ledger.ts";
import { whileAlive } from "../progress.ts";
import { findChampion } from "../vertex/champion.ts";
import { everyOne, named } from "./every-one.ts";
import { applyOverrides } from "./overrides.ts";
import { readRecipe } from "./read-recipe.ts";
import { recipeHash } from "./recipe-hash.ts";
import { checkRequestForm, checkServed, pinServing } from "./serving.ts";

export function createResolveActivities(clients: Clients): ResolveActivities {
  return {
    resolveRun: ({ request }) =>
      whileAlive(
        () => "resolving names to pins",
        async () => {
          const parsed = parseRequest(request);
          const recipe = applyOverrides(await readRecipe(clients.environment.recipes, parsed.recipe), parsed);
          const pins = await pin(clients, recipe);
          const pinsDigest = digestOf(pins);
          const champion = await findChampion(clients, recipe.promote.endpoint);
          checkRequestForm(recipe, champion);
          return {
            request: parsed,
            recipe,
            pins,
            pinsDigest,
            champion,
            earlier: await readDecision(clients, recipe.name, pinsDigest),
          };
        },
      ),
  };
}

function parseRequest(request: unknown): RetrainRequest {
  const parsed = validateRequest(request);
  if (parsed.ok) return parsed.value;
  throw new UserError("InvalidRequest", "the request breaks its schema", parsed.problems);
}

/** Every name of the recipe at once, so that every one that stands for nothing is named at once. */
async function pin(clients: Clients, recipe: Recipe): Promise<Pins> {
  const { image, command } = recipe.train;
  const ours = clients.environment.trainerImage;
  const baseModel = pinModel(clients, recipe);
  const [model, data, evaluationSets, trainerImage, teamImage, servingImage] = await everyOne(
    named("model.base", baseModel),
    named(recipe.data.source === "hub" ? "data.dataset" : "data", pinData(clients, recipe.data)),
    named("contamination.against", pinEvaluationSets(clients, recipe)),
    named("train.image", clients.registry.pin(command ? ours : (image ?? ours))),
    named("train.image", command && image ? clients.registry.pin(image) : Promise.resolve(undefined)),
    named("serve.image", pinServing(clients, recipe)),
    named("serve.container", checkServed(clients, recipe, baseModel)),
  );
  return {
    recipe: { name: recipe.name, hash: recipeHash(recipe) },
    baseModel: { repo: model.name, revision: model.revision },
    data,
    ...(evaluationSets.length === 0 ? {} : { evaluationSets }),
    trainerImage,
    ...(teamImage === undefined ? {} : { teamImage }),
    ...(servingImage === undefined ? {} : { servingImage }),
  };
}

async function pinModel({ hub }: Clients, recipe: Recipe): Promise<PinnedRepo> {
  const model = await hub.pin("model", recipe.model.base, recipe.model.revision);
  // Metadata of a gated repo is public; whether its files are ours to read shows only on a file.
  await hub.requireFile(model, "config.json");
  return model;
}
