import { stageScript } from "./stage.ts";

/** What the page does: move, zoom, choose a step and tell about it, find one. It is text, because a browser runs it. */
export const viewerScript = `
"use strict";
${stageScript}
const { steps, pipeline, edges } = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage");
const panel = document.getElementById("panel");
const picture = new Stage(stage, document.getElementById("world"), (step) => (step === null ? leave() : choose(step)));

function leave() {
  picture.trace(null, edges);
  panel.hidden = true;
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}

function choose(step) {
  const details = steps[step];
  if (details === undefined) return;
  leave();
  const node = picture.trace(step, edges);
  panel.replaceChildren(...tell(details));
  panel.hidden = false;
  panel.scrollTop = 0;
  history.replaceState(null, "", "#" + encodeURIComponent(step));
  uncover(node);
}

/** What the panel has come to lie beside moves out of its way. */
function uncover(node) {
  if (node === null) return;
  const hidden = node.getBoundingClientRect().right + 24 - stage.getBoundingClientRect().right;
  if (hidden <= 0 || node.classList.contains("cluster")) return;
  picture.move(-hidden, 0);
}

function about() {
  leave();
  panel.replaceChildren(...tell(pipeline));
  panel.hidden = false;
  panel.scrollTop = 0;
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function tell({ title, kind, path, description, sections }) {
  const close = make("button", { className: "close", textContent: "✕", title: "Close (Esc)", onclick: leave });
  const where = path === title ? kind : kind + " · " + path;
  const head = [close, make("h2", { textContent: title }), make("div", { className: "kind", textContent: where })];
  if (description !== null) head.push(make("p", { textContent: description }));
  return head.concat(sections.flatMap((section) => [make("h3", { textContent: section.title }), body(section)]));
}

function body({ rows, code }) {
  if (code !== undefined) return make("pre", { textContent: code });
  return make("table", {}, ...rows.map(({ name, type, value, step }) => {
    const told = step === null ? document.createTextNode(value) : make("a", { textContent: value || name, onclick: () => go(step) });
    return make("tr", {}, make("td", { textContent: name }, make("span", { className: "type", textContent: type })), make("td", {}, told));
  }));
}

function go(step) {
  choose(step);
  const node = picture.nodeOf(step);
  if (node !== null) picture.centre(node);
}

const search = document.getElementById("search");
search.addEventListener("input", () => {
  const text = search.value.trim().toLowerCase();
  stage.classList.toggle("searching", text !== "");
  for (const card of stage.querySelectorAll(".card")) {
    const { title, path } = steps[card.dataset.step];
    card.classList.toggle("found", (title + " " + path).toLowerCase().includes(text));
  }
});
search.addEventListener("keydown", (event) => {
  const found = event.key === "Enter" && search.value.trim() !== "" ? stage.querySelector(".card.found") : null;
  if (found !== null) go(found.dataset.step);
});

function turnTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

for (const [id, action] of Object.entries({ about, in: () => picture.zoom(1.25), out: () => picture.zoom(0.8), fit: () => picture.fit(), theme: turnTheme })) {
  document.getElementById(id).addEventListener("click", action);
}
addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    search.value = "";
    search.dispatchEvent(new Event("input"));
    search.blur();
    leave();
  }
  if (event.target === search) return;
  if (event.key === "/") {
    event.preventDefault();
    search.focus();
  }
  const step = event.target.dataset?.step;
  if ((event.key === "Enter" || event.key === " ") && step !== undefined) choose(step);
  picture.key(event);
});
addEventListener("resize", () => picture.fit());
picture.fit();
if (location.hash.length > 1) go(decodeURIComponent(location.hash.slice(1)));
`;
