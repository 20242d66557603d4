import { Stage } from "./stage.js";

/** The picture of a pipeline, to move about in; each step shows how it stands, and is chosen by a click. */

const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const words = { cached: "succeeded, from the cache", "not-triggered": "not triggered" };

class LiveGraph extends HTMLElement {
  static observedAttributes = ["src", "states", "chosen"];
  #frame = null;
  #world = null;
  #stage = null;
  #edges = [];
  #folding = null;
  #resize = new ResizeObserver(() => {
    if (this.#stage?.moved === false) this.#stage.fit();
  });

  connectedCallback() {
    this.textContent = "Drawing …";
    this.#resize.observe(this);
    this.#draw();
  }

  disconnectedCallback() {
    this.#resize.disconnect();
  }

  attributeChangedCallback(name, before) {
    if (name === "src" && before !== null) this.#draw();
    if (this.#world === null) return;
    if (name === "states") this.#showStates();
    else if (name === "chosen") this.#showChosen();
  }

  async #draw() {
    const source = this.getAttribute("src");
    const answer = await fetch(source);
    const { svg: drawing, edges, problem } = answer.ok ? await answer.json() : { problem: answer.statusText };
    // Another picture was asked for in between.
    if (!this.isConnected || source !== this.getAttribute("src")) return;
    if (problem !== undefined) {
      this.#world = null;
      this.textContent = problem;
      return;
    }
    this.#edges = edges;
    if (this.#world === null) this.#begin();
    const folded = this.#folding;
    this.#folding = null;
    const before = folded === null ? undefined : this.#stage.nodeOf(folded)?.getBoundingClientRect();
    this.#world.innerHTML = drawing;
    for (const node of this.#world.querySelectorAll("[data-step]")) node.append(svg("g", { class: "standing" }));
    const folds = svg("g", {});
    folds.append(...[...this.#world.querySelectorAll(".cluster, .folded")].map((node) => this.#foldButton(node)));
    this.#world.append(folds);
    this.#settle(folded, before);
    this.#showStates();
    this.#showChosen();
  }

  #begin() {
    this.#frame = svg("svg", {
      class: "stage",
      role: "group",
      "aria-label": this.getAttribute("label") ?? "Steps of the pipeline",
    });
    this.#world = svg("g", {});
    this.#frame.append(this.#world);
    this.replaceChildren(this.#frame, this.#tools());
    this.#stage = new Stage(this.#frame, this.#world, (step) => this.#choose(step ?? ""));
    this.#frame.addEventListener("keydown", (event) => this.#key(event));
    this.#frame.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-fold]");
      if (button !== null) this.#fold(button);
    });
    this.#frame.addEventListener("dblclick", ({ target }) => {
      const step = target.closest("[data-step]")?.dataset.step;
      const button = step === undefined ? null : this.#foldOf(step);
      if (button !== null) this.#fold(button);
    });
  }

  /** What was folded or unfolded stays where it was, and has the focus again. */
  #settle(folded, before) {
    const after = folded === null ? undefined : this.#stage.nodeOf(folded)?.getBoundingClientRect();
    if (!this.#stage.moved) this.#stage.fit();
    else if (before && after) this.#stage.move(before.left - after.left, before.top - after.top);
    if (folded !== null) this.#foldOf(folded)?.focus();
  }

  #foldButton(node) {
    const folded = node.classList.contains("folded");
    const title = `${folded ? "Unfold" : "Fold"} ${titleOf(node)}`;
    const button = svg("g", {
      class: "fold",
      "data-fold": folded ? "no" : "yes",
      "data-of": node.dataset.step,
      role: "button",
      tabindex: 0,
      "aria-label": title,
      transform: `${node.getAttribute("transform")} translate(-9 -9)`,
    });
    const tip = svg("title", {});
    tip.textContent = title;
    button.append(
      tip,
      svg("rect", { width: 19, height: 19, rx: 6 }),
      svg("path", { d: folded ? "M5.5 9.5h8M9.5 5.5v8" : "M5.5 9.5h8" }),
    );
    return button;
  }

  #foldOf(step) {
    return this.#world.querySelector(`[data-of="${CSS.escape(step)}"]`);
  }

  #fold(button) {
    const step = button.dataset.of;
    this.#folding = step;
    this.dispatchEvent(
      new CustomEvent("fold", { detail: { step, closed: button.dataset.fold === "yes" }, bubbles: true }),
    );
  }

  #showStates() {
    const states = JSON.parse(this.getAttribute("states"));
    for (const node of this.#world.querySelectorAll("[data-step]")) {
      const state = states[node.dataset.step];
      const look = state?.look ?? "none";
      if (node.dataset.look === look && node.dataset.count === (state?.count ?? "")) continue;
      node.dataset.look = look;
      node.dataset.count = state?.count ?? "";
      const count = state?.count ? `, ${state.count}` : "";
      node.setAttribute(
        "aria-label",
        `${titleOf(node)}: ${look === "none" ? "not begun" : (words[look] ?? look)}${count}`,
      );
      this.#mark(node, state);
    }
    for (const edge of this.#world.querySelectorAll(".edge[data-edges]")) {
      const taken = edge.dataset.edges.split(" ").some((index) => {
        const [from] = this.#edges[index];
        return ["succeeded", "cached"].includes(states[from]?.look);
      });
      edge.classList.toggle("taken", taken);
    }
  }

  /** At the upper right corner: an icon, and how many of them have ended. */
  #mark(node, state) {
    const standing = node.querySelector(":scope > .standing");
    standing.replaceChildren();
    if (state === undefined) return;
    const width = Number(node.querySelector("rect.body").getAttribute("width"));
    const room = state.count === null ? 20 : 28 + state.count.length * 6.6;
    standing.setAttribute("class", `standing look-${state.look}`);
    standing.setAttribute("transform", `translate(${width - room + 12} -12)`);
    const middle = svg("g", { transform: "translate(10 10)", class: `look-${state.look}` });
    middle.append(svg("use", { href: `#icon-${state.look}`, x: -8, y: -8, width: 16, height: 16, class: "icon" }));
    standing.append(svg("rect", { class: "pill", width: room, height: 20, rx: 10 }), middle);
    if (state.count === null) return;
    const text = svg("text", { x: 20, y: 14 });
    text.textContent = state.count;
    standing.append(text);
  }

  #showChosen() {
    const step = this.getAttribute("chosen");
    if (!this.#hasSteps()) return;
    const node = this.#stage.trace(step === "" ? null : this.#visible(step), this.#edges);
    if (node === null) return;
    const box = node.getBoundingClientRect();
    const frame = this.#frame.getBoundingClientRect();
    const hidden =
      box.right < frame.left + 8 ||
      box.left > frame.right - 8 ||
      box.bottom < frame.top + 8 ||
      box.top > frame.bottom - 8;
    if (hidden) this.#stage.centre(node);
  }

  /** Of a step in a folded one, that one. */
  #visible(step) {
    for (let path = step; path !== ""; path = path.slice(0, Math.max(0, path.lastIndexOf("/")))) {
      if (this.#stage.nodeOf(path) !== null) return path;
    }
    return step;
  }

  #hasSteps() {
    return this.#world.querySelector("[data-step]") !== null;
  }

  #tools() {
    const tools = document.createElement("div");
    tools.className = "tools";
    for (const [text, title, action] of [
      ["−", "Smaller (−)", () => this.#stage.zoom(0.8)],
      ["+", "Larger (+)", () => this.#stage.zoom(1.25)],
      ["Fit", "Show all (0)", () => this.#stage.fit()],
    ]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: text, title });
      button.addEventListener("click", action);
      tools.append(button);
    }
    return tools;
  }

  #choose(step) {
    if (this.#hasSteps()) this.dispatchEvent(new CustomEvent("step", { detail: step, bubbles: true }));
  }

  #key(event) {
    const { key, target } = event;
    const presses = key === "Enter" || key === " ";
    if (presses && target.closest("[data-fold]") !== null) this.#fold(target.closest("[data-fold]"));
    else if (presses && target.dataset.step !== undefined) this.#choose(target.dataset.step);
    else if (key === "Escape") this.#choose("");
    else if (!this.#stage.key(event)) return;
    event.preventDefault();
  }
}

/** What it says on the step itself; of an open group that stands beside it, in a layer of its own. */
function titleOf(node) {
  const own = node.querySelector("text.title")?.textContent;
  return own ?? node.dataset.step.split("/").at(-1);
}

customElements.define("live-graph", LiveGraph);
