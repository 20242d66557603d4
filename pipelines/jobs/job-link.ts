import type { JobReference } from "./job.ts";

/** The job in markdown: a link where there is a page to go to, its id where there is none. */
export function jobLink({ name, consoleUrl }: JobReference): string {
  return consoleUrl ? `[pipeline job](${consoleUrl})` : `pipeline job \`${name.slice(name.lastIndexOf("/") + 1)}\``;
}
