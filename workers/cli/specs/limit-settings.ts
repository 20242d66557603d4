import type { LimitOptions } from "../../../specs/limits/index.ts";
import { CommandError } from "../user-error.ts";

type Most = NonNullable<LimitOptions["most"]>;

const names = ["specBytes", "tasks", "artifactsIntoTask"] as const satisfies readonly (keyof Most)[];

/** `tasks=200,specBytes=4000000`: limits that Google does not document, as a project has met them. Throws `CommandError`. */
export function readMost(text: string | undefined): Most {
  const pairs = (text ?? "").split(",").filter((pair) => pair !== "");
  const wrong = pairs.filter(
    (pair) => !/^\w+=[0-9]+$/.test(pair) || !names.some((name) => pair.startsWith(`${name}=`)),
  );
  if (wrong.length > 0) {
    const message = `--most takes ${names.map((name) => `${name}=NUMBER`).join(",")}, and not ${wrong.join(", ")}.`;
    throw new CommandError("invalid-option", message);
  }
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value] = pair.split("=");
      return [name, Number(value)];
    }),
  );
}
