import { Cron } from "croner";
import { VertexError } from "../wire/errors.ts";

/**
 * The first time after `after` that a schedule's cron names, in milliseconds; undefined when there is none. Five fields,
 * in UTC unless `TZ=ZONE` or `CRON_TZ=ZONE` stands before them
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.schedules).
 * Throws INVALID_ARGUMENT.
 */
export function nextRun(cron: string, after: number): number | undefined {
  const [, timezone = "Etc/UTC", pattern = cron] = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/s.exec(cron.trim()) ?? [];
  try {
    const job = new Cron(pattern, { timezone, paused: true, mode: "5-part" });
    return job.nextRun(new Date(after))?.getTime();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new VertexError("INVALID_ARGUMENT", `schedule.cron: "${cron}" isn't five fields of cron: ${problem}`);
  }
}
