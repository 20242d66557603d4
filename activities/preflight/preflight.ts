import type { PreflightActivities } from "../../pipelines/retrain/activities.ts";
import { trainAndEvaluate } from "../../pipelines/retrain/pipeline.ts";
import { compilePreflight } from "../../pipelines/retrain/preflight-pipeline.ts";
import type { Hardware } from "../../pipelines/retrain/recipe.ts";
import type { PreflightProblem } from "../../pipelines/retrain/run.ts";
import { checkHardware, checkLimits, type PipelineSpec, validateSpec } from "../../specs/index.ts";
import type { Clients } from "../clients/clients.ts";
import { parsePreflightReport, predict, problemsOf } from "./prediction.ts";
import { checkBudget, priceOf, readPrices } from "./prices.ts";
import { storeSpec } from "./store-spec.ts";

const saidOfHardware: ReadonlySet<string> = new Set([
  "UnknownTopology",
  "UnknownMachine",
  "SpotPod",
  "FlexNeedsGpus",
  "NotOnDemand",
  "NotInRegion",
]);

export function createPreflightActivities(clients: Clients): PreflightActivities {
  const { location } = clients.environment;
  return {
    compileTrainAndEvaluate({ recipe, pins, fresh }) {
      const { spec } = trainAndEvaluate({ recipe, image: pins.trainerImage, fresh });
      return storeSpec(clients, spec);
    },

    async compilePreflight({ recipe, pins }) {
      if (recipe.train.image !== undefined) return null;
      return storeSpec(clients, compilePreflight(recipe, pins.trainerImage).spec);
    },

    async preflight({ recipe, spec, reportUri }) {
      const { hardware } = recipe.train;
      const document: unknown = JSON.parse(await clients.storage.readExisting(spec.uri));
      const flaws = validateSpec(document);
      const price = priceOf(await readPrices(), hardware);
      const report =
        reportUri === undefined ? null : parsePreflightReport(await clients.storage.readExisting(reportUri), reportUri);
      const prediction = report === null ? null : predict(report, price?.usdPerHour ?? null);
      const problems: PreflightProblem[] = [
        ...flaws.map(({ path, message }) => ({ code: "InvalidSpec", message: `${path} ${message}` })),
        ...checkHardware(hardware, location),
        // What the catalogue says of the hardware, it says above in the recipe's own words.
        ...(flaws.length === 0 ? checkLimits(document as PipelineSpec) : [])
          .filter(({ code }) => !saidOfHardware.has(code))
          .map(({ code, path, message }) => ({ code, message: `${path}: ${message}` })),
        ...(report === null ? [] : problemsOf(report)),
        ...checkBudget(recipe.budget?.maximumUsd, price, describe(hardware), prediction),
      ];
      return { problems, hardware: describe(hardware), price, prediction };
    },
  };
}

function describe(hardware: Hardware): string {
  const what = "tpu" in hardware ? `TPU ${hardware.tpu} ${hardware.topology}` : hardware.machine;
  return hardware.strategy === "on-demand" ? what : `${what} (${hardware.strategy})`;
}
