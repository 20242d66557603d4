import { sha256 } from "../digest.ts";

/** Resource names and labels, as Vertex's rules want them. */
export interface Location {
  readonly project: string;
  readonly location: string;
}

export function locationPath({ project, location }: Location): string {
  return `projects/${project}/locations/${location}`;
}

/** An id becomes a full name; a full name stays. */
export function endpointPath(location: Location, endpoint: string): string {
  return endpoint.includes("/") ? endpoint : `${locationPath(location)}/endpoints/${endpoint}`;
}

export function modelPath(location: Location, model: string): string {
  return model.includes("/") ? model : `${locationPath(location)}/models/${model}`;
}

/** Takes `projects/…/models/ID@VERSION` apart; the version is an id or an alias. */
export function splitModelVersion(modelVersion: string): { model: string; id: string; version: string } {
  const match = /^(.*\/models\/([^/@]+))@([^/@]+)$/.exec(modelVersion);
  if (!match) throw new TypeError(`${modelVersion} is not a model version (projects/…/models/ID@VERSION)`);
  const [, model = "", id = "", version = ""] = match;
  return { model, id, version };
}

export function withVersion(model: string, version: string): string {
  return `${model.split("@")[0]}@${version}`;
}

/** Last part of a resource name. */
export function resourceId(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/**
 * A label's value: at most 63 lower-case letters, digits, `_` and `-`. A text that had to be changed ends in a hash
 * of what it was, so that two texts never become one. https://cloud.google.com/resource-manager/docs/labels-overview
 */
export function labelValue(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9_-]+/g, "-");
  return plain === text && text.length <= 63 ? text : `${plain.slice(0, 52)}-${sha256(text).slice(0, 10)}`;
}

/** A label's key: as a value, and it begins with a letter. */
export function labelKey(text: string): string {
  const plain = labelValue(text);
  return /^[a-z]/.test(plain) ? plain : labelValue(`l-${text}`);
}

/** At most 64 labels; later ones of the same key win. */
export function toLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([key, value]) => [labelKey(key), labelValue(value)] as const)
      .slice(0, 64),
  );
}

/** Letters, digits and hyphens, at most `length` long, without a hyphen at the ends. */
export function slug(text: string, length: number): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, length)
    .replace(/-+$/, "");
}
