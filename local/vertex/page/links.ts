import { idOf } from "../wire/names.ts";
import { type Html, html } from "./html.ts";

/** A resource's page has the resource's name for its address. */
export function pathOf(name: string): string {
  return `/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** Where a route finds resources of a kind. */
export function templateOf<const C extends string>(collection: C) {
  return `/projects/:project/locations/:location/${collection}/:id` as const;
}

/** Name of the resource that such a route was asked for. */
export function nameIn(
  collection: string,
  { project, location, id }: Readonly<Record<"project" | "location" | "id", string>>,
): string {
  return `projects/${project}/locations/${location}/${collection}/${id}`;
}

/** A resource by its id. */
export function linkTo(name: string, text: string = idOf(name)): Html {
  return html`<a href="${pathOf(name)}">${text}</a>`;
}

/** Query of an address; what is undefined or empty is left out. */
export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
