import { idOf } from "../wire/names.ts";
import { type Html, html } from "./html.ts";

/** A resource's page has the resource's name for its address. */
export function pathOf(name: string): string {
  return `/${name.split("/").map(encodeURIComponent).join("/")}`;
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
