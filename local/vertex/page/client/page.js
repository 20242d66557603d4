import "./graph.js";
import "./log.js";
import { count, localTimes } from "./clock.js";
import { morph } from "./morph.js";

/** Keeps the content of the page as the server has it, and goes from page to page of a job without loading it anew. */

const main = document.getElementById("main");
const offline = document.getElementById("offline");
let source = null;
let arriving = false;

function show({ title, main: markup }) {
  const next = document.createElement("main");
  // Nothing in it runs: the page's policy takes scripts from its own address only.
  next.innerHTML = markup;
  localTimes(next);
  morph(main, next);
  document.title = `${title} · Local Vertex`;
  count(main);
  if (arriving) main.querySelector(".panel")?.focus({ preventScroll: true });
  arriving = false;
}

function listen() {
  source?.close();
  source = new EventSource(location.href);
  source.addEventListener("open", () => {
    offline.hidden = true;
  });
  source.addEventListener("content", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("gone", refused);
  source.addEventListener("error", () => {
    offline.hidden = false;
    if (source?.readyState === EventSource.CLOSED) setTimeout(again, 1000);
  });
}

/** A browser gives up for good where it is refused, or may where nobody answers. */
async function again() {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.ok === false) refused();
  else listen();
}

/** The page itself says why. */
function refused() {
  source.close();
  location.replace(location.href);
}

// A browser has few connections to one server: a page that nobody sees holds none.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return listen();
  source?.close();
  source = null;
});

/** To another address of the same page: another task, another log. */
export function go(to) {
  const address = withFolds(to);
  if (address === location.href) return;
  history.pushState(null, "", address);
  // Who came by the keyboard goes on in what has come.
  arriving = document.activeElement?.closest(".panel, .tabs") !== null;
  listen();
}

/** What is folded in the picture stays so, whatever is chosen in it. */
function withFolds(to) {
  const address = new URL(to, location.href);
  if (address.pathname === location.pathname && !address.searchParams.has("closed")) {
    for (const step of new URLSearchParams(location.search).getAll("closed"))
      address.searchParams.append("closed", step);
  }
  return address.href;
}

function fold({ step, closed }) {
  const address = new URL(location.href);
  const { searchParams } = address;
  if (closed) searchParams.append("closed", step);
  else searchParams.delete("closed", step);
  history.replaceState(null, "", address);
  listen();
}

addEventListener("popstate", listen);
document.addEventListener("fold", ({ detail }) => fold(detail));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='?']");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(link.href);
});
document.addEventListener("step", ({ detail }) =>
  go(detail === "" ? location.pathname : `?step=${encodeURIComponent(detail)}`),
);

// Where the bar is wider than the window.
document.querySelector(".bar nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
localTimes(main);
count(main);
if (document.visibilityState === "visible") listen();
