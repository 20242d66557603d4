import { nextRun } from "../../schedules/cron.ts";
import type { ScheduleRecord } from "../../schedules/records.ts";

/** When a schedule runs next, as far as its limits let it; where it is paused, when it would if it were resumed now. */
export function upcomingRuns(schedule: ScheduleRecord, now: number, most: number): readonly number[] {
  const { state, nextRunTime, message, maxRunCount, startedRunCount, startTime, endTime = Infinity } = schedule;
  if (state === "COMPLETED") return [];
  const left = maxRunCount === 0 ? most : Math.min(most, maxRunCount - startedRunCount);
  const after = (time: number) => nextRun(message.cron ?? "", time);
  const times: number[] = [];
  let time = nextRunTime ?? after(Math.max(now, startTime - 1));
  for (; time !== undefined && time <= endTime && times.length < left; time = after(time)) times.push(time);
  return times;
}
