import { invalidArgument } from "../wire/errors.ts";
import { isObject } from "../wire/json.ts";
import { camelCase } from "../wire/list.ts";
import { loadServices } from "../wire/protos.ts";
import { parseDuration, toTime } from "../wire/time.ts";
import type { CustomJobMessage } from "./records.ts";

/** Fields whose keys are the user's own. */
const maps = new Set(["labels"]);
const durations = new Set(["timeout", "maxWaitDuration", "deploymentTimeout"]);

/** Reads a CustomJob in protobuf's JSON form, snake or camel case; a field that isn't there is refused. */
export class CustomJobPayloads {
  readonly #method = loadServices().JobService["CreateCustomJob"];

  parse(json: object): CustomJobMessage {
    const customJob = toMessageForm(json) as object;
    const method = this.#method;
    if (method === undefined) throw new Error("JobService has no CreateCustomJob");
    const read = method.requestDeserialize(method.requestSerialize({ customJob })) as { customJob?: CustomJobMessage };
    const lost = lostFields(customJob, read.customJob ?? {}, "custom_job");
    if (lost.length > 0)
      throw invalidArgument(
        lost.map((field) => ({ field, description: "is unknown, or has a value that it doesn't take" })),
      );
    return read.customJob ?? {};
  }
}

function toMessageForm(json: unknown, key = ""): unknown {
  if (typeof json === "string" && durations.has(key)) {
    const milliseconds = parseDuration(json);
    return milliseconds === undefined ? json : toTime(milliseconds);
  }
  if (Array.isArray(json)) return json.map((item) => toMessageForm(item));
  if (!isObject(json)) return json;
  if (maps.has(key)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [camelCase(name), toMessageForm(value, camelCase(name))]),
  );
}

/** What went in and didn't come out. */
function lostFields(given: object, read: object, at: string): string[] {
  return Object.entries(given).flatMap(([key, value]): string[] => {
    const kept: unknown = Reflect.get(read, key);
    const path = Array.isArray(given) ? `${at}[${key}]` : `${at}.${key}`;
    if (value === undefined || value === null) return [];
    if (kept === undefined || kept === null) return [path];
    return typeof value === "object" && typeof kept === "object" ? lostFields(value as object, kept, path) : [];
  });
}
