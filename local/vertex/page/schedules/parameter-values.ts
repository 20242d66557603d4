import type { ScheduleMessage } from "../../schedules/records.ts";
import { fromValue, type JsonObject, mapValues } from "../../wire/json.ts";

/** The parameters with which a schedule's jobs run. */
export function parameterValues({ createPipelineJobRequest }: ScheduleMessage): JsonObject {
  return mapValues(createPipelineJobRequest?.pipelineJob?.runtimeConfig?.parameterValues ?? {}, fromValue);
}
