import { toOptionalTime, toTime } from "../wire/time.ts";
import type { JobRecord } from "./jobs.ts";

/** The output-only fields that every kind of job has. */
export function jobFields({ name, state, createTime, startTime, endTime, updateTime, error }: JobRecord): object {
  return {
    name,
    state,
    createTime: toTime(createTime),
    startTime: toOptionalTime(startTime),
    endTime: toOptionalTime(endTime),
    updateTime: toTime(updateTime),
    error,
  };
}
