import { artifacts } from "./artifacts.ts";
import { branches } from "./branches.ts";
import { containers } from "./containers.ts";
import { exitHandlers } from "./exit-handlers.ts";
import { importers } from "./importers.ts";
import { kubernetes } from "./kubernetes.ts";
import { loops } from "./loops.ts";
import { parameters } from "./parameters.ts";
import { pipelines } from "./pipelines.ts";
import { placeholders } from "./placeholders.ts";
import type { Authors } from "./reference.ts";
import { settings } from "./settings.ts";
import { xgboost } from "./xgboost.ts";

/** Every reference that is written again. */
export const authors: Authors = {
  ...artifacts,
  ...branches,
  ...containers,
  ...exitHandlers,
  ...importers,
  ...kubernetes,
  ...loops,
  ...parameters,
  ...pipelines,
  ...placeholders,
  ...settings,
  ...xgboost,
};
