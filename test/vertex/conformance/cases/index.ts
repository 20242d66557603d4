import type { Case } from "../case.ts";
import { endpointCases } from "./endpoints.ts";
import { jobCases } from "./jobs.ts";
import { metadataCases } from "./metadata.ts";
import { modelCases } from "./models.ts";
import { predictionCases } from "./predictions.ts";
import { scheduleCases } from "./schedules.ts";
import { trainingCases } from "./trainings.ts";

export const cases: readonly Case[] = [
  ...endpointCases,
  ...modelCases,
  ...jobCases,
  ...scheduleCases,
  ...metadataCases,
  ...predictionCases,
  ...trainingCases,
];
