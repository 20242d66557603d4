import { type Html, html } from "./html.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `0.4 s`, `12 s`, `3 min 04 s`, `2 h 15 min`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const padded = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (milliseconds < 10 * second) return `${(Math.max(0, milliseconds) / second).toFixed(1)} s`;
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`;
  if (milliseconds < hour)
    return `${Math.floor(milliseconds / minute)} min ${padded((milliseconds % minute) / second)} s`;
  if (milliseconds < day) return `${Math.floor(milliseconds / hour)} h ${padded((milliseconds % hour) / minute)} min`;
  return `${Math.floor(milliseconds / day)} d ${Math.floor((milliseconds % day) / hour)} h`;
}

/** How long something took or, while it runs, takes: the browser counts on. */
export function elapsed(start: number | undefined, end: number | undefined, now: number): Html {
  if (start === undefined) return html`<span class="quiet">–</span>`;
  if (end !== undefined) return html`${duration(end - start)}`;
  return html`<span data-elapsed="${now - start}">${duration(now - start)}</span>`;
}

/** A moment; the browser says it in its reader's time zone. */
export function moment(milliseconds: number | undefined): Html {
  if (milliseconds === undefined) return html`<span class="quiet">–</span>`;
  const text = new Date(milliseconds).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 19).replace("T", " ")}</time>`;
}

/** How long it is until a moment that comes; the browser says the moment itself. */
export function comes(time: number, now: number): Html {
  return html`${moment(time)} <span class="quiet">in ${duration(time - now)}</span>`;
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${(count / 1024).toFixed(1)} KiB`;
  if (count < 1024 ** 3) return `${(count / 1024 ** 2).toFixed(1)} MiB`;
  return `${(count / 1024 ** 3).toFixed(1)} GiB`;
}

export function milliseconds(value: number): string {
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < second ? `${Math.round(value)} ms` : `${(value / second).toFixed(2)} s`;
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;
}

/** A value of JSON as a person reads it: text bare, numbers short, all else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(6)));
  return JSON.stringify(value);
}
