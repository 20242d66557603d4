import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Exchange, type Parameters, type Route, route } from "../../http/router.ts";
import type { Store } from "../store/store.ts";
import { renderDocument, type View } from "./document.ts";
import { sendPage } from "./exchange.ts";

export type Query = URLSearchParams;

/**
 * A page at an address. Who accepts an event stream is sent its content again whenever that has changed: the page has
 * one description, and is live by it.
 *
 * @param options.pulse milliseconds after which it is looked at anyway: for what no store is told of
 */
export function page<const Template extends string>(
  store: Pick<Store, "watch">,
  template: Template,
  view: (parameters: Parameters<Template>, query: Query) => View | Promise<View>,
  { pulse }: { readonly pulse?: number } = {},
): Route {
  return route("GET|HEAD", template, async (parameters, exchange) => {
    const look = async () => view(parameters, exchange.query);
    if (wantsEvents(exchange)) return follow(exchange.response, store, look, pulse);
    sendPage(exchange.response, renderDocument(await look()));
  });
}

export function wantsEvents({ request }: Exchange): boolean {
  return request.headers.accept === "text/event-stream";
}

export function beginEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
}

/** Resolves when the other side takes more. */
export async function sendEvent(
  response: ServerResponse,
  { event, id, data }: { readonly event: string; readonly id?: string; readonly data: unknown },
): Promise<void> {
  const text = `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
  if (response.write(text)) return;
  const settled = new AbortController();
  const heard = ["drain", "close"].map((event) =>
    once(response, event, { signal: settled.signal }).catch(() => undefined),
  );
  await Promise.race(heard);
  settled.abort();
}

/** Of the machine's time, also where jobs run by a driven clock: it is a person who looks. */
const shortestPause = 100;
/** One who looks costs at most this part of the server's time. */
const share = 0.1;

async function follow(
  response: ServerResponse,
  store: Pick<Store, "watch">,
  look: () => Promise<View>,
  pulse: number | undefined,
): Promise<void> {
  const closed = new AbortController();
  const { signal } = closed;
  let changed = Promise.withResolvers<void>();
  const unwatch = store.watch(() => changed.resolve());
  response.once("close", () => {
    closed.abort();
    changed.resolve();
  });
  try {
    for (let before = ""; !signal.aborted; ) {
      changed = Promise.withResolvers();
      const begin = performance.now();
      const { title, main } = await look();
      const spent = performance.now() - begin;
      if (!response.headersSent) beginEvents(response);
      if (main.markup !== before) await sendEvent(response, { event: "content", data: { title, main: main.markup } });
      before = main.markup;
      await wait(Math.max(shortestPause, spent / share), undefined, { signal });
      await Promise.race([changed.promise, ...(pulse === undefined ? [] : [wait(pulse, undefined, { signal })])]);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!response.headersSent) throw error;
    // What was looked at is there no more: the browser asks for the page again, and reads why.
    await sendEvent(response, { event: "gone", data: String(error) });
    response.end();
  } finally {
    unwatch();
  }
}
