/** The picture of a pipeline, to move about in; each step shows how it stands, and is chosen by a click. */

const svg = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const words = { cached: "succeeded, from the cache", "not-triggered": "not triggered" };

class LiveGraph extends HTMLElement {
  static observedAttributes = ["states", "chosen"];
  #stage = null;
  #world = null;
  #size = null;
  #edges = [];
  #view = { x: 0, y: 0, scale: 1 };
  #moved = false;
  #resize = new ResizeObserver(() => {
    if (!this.#moved) this.#fit();
  });

  async connectedCallback() {
    this.textContent = "Drawing …";
    const answer = await fetch(this.getAttribute("src"));
    const {
      svg: drawing,
      width,
      height,
      edges,
      problem,
    } = answer.ok ? await answer.json() : { problem: answer.statusText };
    if (problem !== undefined) {
      this.textContent = problem;
      return;
    }
    this.#edges = edges;
    this.#size = { width, height };
    this.#stage = svg("svg", { class: "stage", role: "group", "aria-label": "Steps of the pipeline" });
    this.#world = svg("g", {});
    this.#world.innerHTML = drawing;
    this.#stage.append(this.#world);
    this.replaceChildren(this.#stage, this.#tools());
    for (const node of this.#world.querySelectorAll("[data-step]")) node.append(svg("g", { class: "standing" }));
    this.#move();
    this.#resize.observe(this);
    this.#fit();
    this.#showStates();
    this.#showChosen();
  }

  disconnectedCallback() {
    this.#resize.disconnect();
  }

  attributeChangedCallback(name) {
    if (this.#world === null) return;
    if (name === "states") this.#showStates();
    else this.#showChosen();
  }

  #showStates() {
    const states = JSON.parse(this.getAttribute("states"));
    for (const node of this.#world.querySelectorAll("[data-step]")) {
      const state = states[node.dataset.step];
      const look = state?.look ?? "none";
      if (node.dataset.look === look && node.dataset.count === (state?.count ?? "")) continue;
      node.dataset.look = look;
      node.dataset.count = state?.count ?? "";
      const title = node.querySelector("text.title")?.textContent ?? node.dataset.step;
      node.setAttribute(
        "aria-label",
        `${title}: ${look === "none" ? "not begun" : (words[look] ?? look)}${state?.count ? `, ${state.count}` : ""}`,
      );
      this.#mark(node, state);
    }
    for (const edge of this.#world.querySelectorAll(".edge")) {
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
    for (const node of this.#world.querySelectorAll(".chosen")) node.classList.remove("chosen");
    const node = step === "" ? null : this.#world.querySelector(`[data-step="${CSS.escape(step)}"]`);
    node?.classList.add("chosen");
    const inside = (path) => path === step || path.startsWith(`${step}/`);
    const lit = new Set(
      node === null
        ? []
        : this.#edges.flatMap(([from, to], index) => (inside(from) || inside(to) ? [String(index)] : [])),
    );
    this.#stage.classList.toggle("tracing", lit.size > 0);
    for (const edge of this.#world.querySelectorAll(".edge")) {
      edge.classList.toggle(
        "lit",
        edge.dataset.edges.split(" ").some((index) => lit.has(index)),
      );
    }
    if (node !== null) this.#uncover(node);
  }

  /** Brings a step that lies outside of the window to its middle. */
  #uncover(node) {
    const box = node.getBoundingClientRect();
    const frame = this.#stage.getBoundingClientRect();
    const hidden =
      box.right < frame.left + 8 ||
      box.left > frame.right - 8 ||
      box.bottom < frame.top + 8 ||
      box.top > frame.bottom - 8;
    if (!hidden || frame.width === 0) return;
    this.#view.x += frame.left + frame.width / 2 - (box.left + box.width / 2);
    this.#view.y += frame.top + frame.height / 2 - (box.top + box.height / 2);
    this.#show();
  }

  #show() {
    const { x, y, scale } = this.#view;
    this.#world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
  }

  #fit() {
    if (this.#stage === null) return;
    const { width, height } = this.#stage.getBoundingClientRect();
    const scale = Math.min(1.15, (width - 56) / this.#size.width, (height - 64) / this.#size.height);
    this.#view.scale = Math.max(0.05, scale);
    this.#view.x = (width - this.#size.width * this.#view.scale) / 2;
    this.#view.y = Math.max(32, (height - this.#size.height * this.#view.scale) / 2);
    this.#moved = false;
    this.#show();
  }

  #zoom(factor, clientX, clientY) {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    const [x, y] = clientX === undefined ? [width / 2, height / 2] : [clientX - left, clientY - top];
    const scale = Math.min(4, Math.max(0.05, this.#view.scale * factor));
    this.#view.x = x - ((x - this.#view.x) * scale) / this.#view.scale;
    this.#view.y = y - ((y - this.#view.y) * scale) / this.#view.scale;
    this.#view.scale = scale;
    this.#moved = true;
    this.#show();
  }

  #tools() {
    const tools = document.createElement("div");
    tools.className = "tools";
    for (const [text, title, action] of [
      ["−", "Smaller (−)", () => this.#zoom(0.8)],
      ["+", "Larger (+)", () => this.#zoom(1.25)],
      ["Fit", "Show all (0)", () => this.#fit()],
    ]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", textContent: text, title });
      button.addEventListener("click", action);
      tools.append(button);
    }
    return tools;
  }

  #choose(step) {
    this.dispatchEvent(new CustomEvent("step", { detail: step, bubbles: true }));
  }

  #move() {
    const stage = this.#stage;
    let drag = null;
    stage.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.#zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX, event.clientY);
      },
      { passive: false },
    );
    stage.addEventListener("pointerdown", ({ clientX, clientY, pointerId, button }) => {
      if (button === 0) drag = { x: clientX, y: clientY, id: pointerId, far: false };
    });
    stage.addEventListener("pointermove", ({ clientX, clientY, pointerId }) => {
      if (drag === null || pointerId !== drag.id) return;
      if (!drag.far && Math.hypot(clientX - drag.x, clientY - drag.y) < 4) return;
      if (!drag.far) stage.setPointerCapture(pointerId);
      this.#view.x += clientX - drag.x;
      this.#view.y += clientY - drag.y;
      drag = { ...drag, x: clientX, y: clientY, far: true };
      this.#moved = true;
      this.#show();
    });
    stage.addEventListener("pointerup", ({ target }) => {
      const clicked = drag !== null && !drag.far;
      drag = null;
      if (clicked) this.#choose(target.closest("[data-step]")?.dataset.step ?? "");
    });
    stage.addEventListener("pointercancel", () => {
      drag = null;
    });
    stage.addEventListener("keydown", (event) => {
      const step = event.target.dataset.step;
      if ((event.key === "Enter" || event.key === " ") && step !== undefined) this.#choose(step);
      else if (event.key === "Escape") this.#choose("");
      else if (event.key === "+" || event.key === "=") this.#zoom(1.25);
      else if (event.key === "-") this.#zoom(0.8);
      else if (event.key === "0") this.#fit();
      else return;
      event.preventDefault();
    });
  }
}

customElements.define("live-graph", LiveGraph);
