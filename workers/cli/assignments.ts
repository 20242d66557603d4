import { parse } from "yaml";
import { CommandError } from "./user-error.ts";

/** `train.epochs=1,note=a try` → `{ train: { epochs: 1 }, note: "a try" }`; values are read as YAML. */
export function parseAssignments(text: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const assignment of text.split(",").filter((part) => part.trim() !== "")) {
    const [path = "", ...value] = assignment.split("=");
    const keys = path.trim().split(".");
    const last = keys.pop();
    if (!last || value.length === 0 || keys.includes("")) {
      throw new CommandError("INVALID_ASSIGNMENT", `--set wants name=value, such as train.epochs=1; got ${assignment}`);
    }
    let target = result;
    for (const key of keys) {
      const inner = typeof target[key] === "object" && target[key] !== null ? target[key] : {};
      target[key] = inner;
      target = inner as Record<string, unknown>;
    }
    target[last] = parse(value.join("=")) as unknown;
  }
  return result;
}
