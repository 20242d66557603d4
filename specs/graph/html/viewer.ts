/** What the page does: move, zoom, choose a step and tell about it, find one. It is text, because a browser runs it. */
export const viewerScript = `
"use strict";
const { steps, pipeline, edges } = JSON.parse(document.getElementById("data").textContent);
const stage = document.getElementById("stage");
const world = document.getElementById("world");
const panel = document.getElementById("panel");
const view = { x: 0, y: 0, scale: 1 };

const show = () => world.setAttribute("transform", "translate(" + view.x + " " + view.y + ") scale(" + view.scale + ")");

function fit() {
  const { width, height } = stage.getBoundingClientRect();
  const box = world.getBBox();
  view.scale = Math.min(1.25, (width - 64) / box.width, (height - 64) / box.height);
  view.x = (width - box.width * view.scale) / 2 - box.x * view.scale;
  view.y = Math.max(32, (height - box.height * view.scale) / 2) - box.y * view.scale;
  show();
}

function zoom(factor, x, y) {
  const { left, top, width, height } = stage.getBoundingClientRect();
  const [cx, cy] = x === undefined ? [width / 2, height / 2] : [x - left, y - top];
  const scale = Math.min(4, Math.max(0.05, view.scale * factor));
  view.x = cx - ((cx - view.x) * scale) / view.scale;
  view.y = cy - ((cy - view.y) * scale) / view.scale;
  view.scale = scale;
  show();
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.ctrlKey || !event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY)) {
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX, event.clientY);
  } else {
    view.x -= event.deltaX;
    view.y -= event.deltaY;
    show();
  }
}, { passive: false });

let drag = null;
stage.addEventListener("pointerdown", (event) => {
  drag = { x: event.clientX, y: event.clientY, id: event.pointerId, far: false };
});
stage.addEventListener("pointermove", (event) => {
  if (drag === null || event.pointerId !== drag.id) return;
  const dx = event.clientX - drag.x;
  const dy = event.clientY - drag.y;
  if (!drag.far && Math.hypot(dx, dy) < 4) return;
  if (!drag.far) stage.setPointerCapture(drag.id);
  view.x += dx;
  view.y += dy;
  drag = { ...drag, x: event.clientX, y: event.clientY, far: true };
  stage.classList.add("moving");
  show();
});
const drop = (event) => {
  const clicked = event.type === "pointerup" && drag !== null && !drag.far;
  drag = null;
  stage.classList.remove("moving");
  if (!clicked) return;
  const node = event.target.closest("[data-step]");
  if (node === null) leave();
  else choose(node.dataset.step);
};
stage.addEventListener("pointerup", drop);
stage.addEventListener("pointercancel", drop);

const nodeOf = (step) => stage.querySelector('[data-step="' + CSS.escape(step) + '"]');

function trace(step) {
  const inside = (path) => path === step || path.startsWith(step + "/");
  const lit = new Set(edges.flatMap(([from, to], index) => (inside(from) || inside(to) ? [String(index)] : [])));
  stage.classList.toggle("tracing", lit.size > 0);
  for (const edge of stage.querySelectorAll(".edge")) {
    edge.classList.toggle("lit", edge.dataset.edges.split(" ").some((index) => lit.has(index)));
  }
}

function leave() {
  stage.classList.remove("tracing");
  for (const node of stage.querySelectorAll(".chosen")) node.classList.remove("chosen");
  panel.hidden = true;
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
}

function choose(step) {
  const details = steps[step];
  if (details === undefined) return;
  leave();
  nodeOf(step)?.classList.add("chosen");
  trace(step);
  panel.replaceChildren(...tell(details));
  panel.hidden = false;
  panel.scrollTop = 0;
  history.replaceState(null, "", "#" + encodeURIComponent(step));
  uncover(nodeOf(step));
}

/** What the panel has come to lie beside moves out of its way. */
function uncover(node) {
  if (node === null) return;
  const hidden = node.getBoundingClientRect().right + 24 - stage.getBoundingClientRect().right;
  if (hidden <= 0 || node.classList.contains("cluster")) return;
  view.x -= hidden;
  show();
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
  const box = nodeOf(step)?.getBoundingClientRect();
  if (box === undefined) return;
  const frame = stage.getBoundingClientRect();
  view.x += frame.left + frame.width / 2 - (box.left + box.width / 2);
  view.y += frame.top + frame.height / 2 - (box.top + box.height / 2);
  show();
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

for (const [id, action] of Object.entries({ about, in: () => zoom(1.25), out: () => zoom(0.8), fit, theme: turnTheme })) {
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
  if (event.key === "+" || event.key === "=") zoom(1.25);
  if (event.key === "-") zoom(0.8);
  if (event.key === "0") fit();
});
addEventListener("resize", fit);
fit();
if (location.hash.length > 1) go(decodeURIComponent(location.hash.slice(1)));
`;
