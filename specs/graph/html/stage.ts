/**
 * A drawing to move about in: dragged, zoomed with the wheel or the keys, its steps chosen by a click. It is text, because
 * a browser runs it, in a page of one file as in one that is served.
 */
export const stageScript = `
class Stage {
  #frame;
  #world;
  #view = { x: 0, y: 0, scale: 1 };
  #drag = null;
  /** Whether a person has chosen what part is shown. */
  moved = false;

  /** frame is an <svg>, world the <g> in it; choose is called with a step's path, or null for the ground. */
  constructor(frame, world, choose) {
    this.#frame = frame;
    this.#world = world;
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("dragstart", (event) => event.preventDefault());
    frame.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.#drag = { x: event.clientX, y: event.clientY, id: event.pointerId, far: false };
    });
    frame.addEventListener("pointermove", (event) => this.#follow(event));
    frame.addEventListener("pointerup", (event) => {
      const clicked = this.#drop();
      if (clicked && event.target.closest("a, [data-fold]") === null) choose(event.target.closest("[data-step]")?.dataset.step ?? null);
    });
    frame.addEventListener("pointercancel", () => this.#drop());
  }

  #wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || !event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY)) {
      this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), event.clientX, event.clientY);
    } else {
      this.move(-event.deltaX, -event.deltaY);
    }
  }

  #follow({ clientX, clientY, pointerId }) {
    const drag = this.#drag;
    if (drag === null || pointerId !== drag.id) return;
    if (!drag.far && Math.hypot(clientX - drag.x, clientY - drag.y) < 4) return;
    if (!drag.far) this.#frame.setPointerCapture(pointerId);
    this.#frame.classList.add("moving");
    this.#drag = { ...drag, x: clientX, y: clientY, far: true };
    this.move(clientX - drag.x, clientY - drag.y);
  }

  #drop() {
    const clicked = this.#drag !== null && !this.#drag.far;
    this.#drag = null;
    this.#frame.classList.remove("moving");
    return clicked;
  }

  #show() {
    const { x, y, scale } = this.#view;
    this.#world.setAttribute("transform", "translate(" + x + " " + y + ") scale(" + scale + ")");
  }

  move(x, y) {
    this.#view.x += x;
    this.#view.y += y;
    this.moved = true;
    this.#show();
  }

  /** All of it, in the middle. */
  fit() {
    const { width, height } = this.#frame.getBoundingClientRect();
    const box = this.#world.getBBox();
    if (width === 0 || box.width === 0) return;
    const scale = Math.max(0.05, Math.min(1.2, (width - 64) / box.width, (height - 104) / box.height));
    this.#view.scale = scale;
    this.#view.x = (width - box.width * scale) / 2 - box.x * scale;
    this.#view.y = Math.max(32, (height - box.height * scale) / 2) - box.y * scale;
    this.moved = false;
    this.#show();
  }

  zoom(factor, clientX, clientY) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const [x, y] = clientX === undefined ? [width / 2, height / 2] : [clientX - left, clientY - top];
    const scale = Math.min(4, Math.max(0.05, this.#view.scale * factor));
    this.#view.x = x - ((x - this.#view.x) * scale) / this.#view.scale;
    this.#view.y = y - ((y - this.#view.y) * scale) / this.#view.scale;
    this.#view.scale = scale;
    this.moved = true;
    this.#show();
  }

  /** Whether it was a key of its own. */
  key({ key }) {
    if (key === "+" || key === "=") this.zoom(1.25);
    else if (key === "-") this.zoom(0.8);
    else if (key === "0") this.fit();
    else return false;
    return true;
  }

  /** Brings a step to the middle. */
  centre(node) {
    const box = node.getBoundingClientRect();
    const frame = this.#frame.getBoundingClientRect();
    if (frame.width === 0) return;
    this.move(frame.left + frame.width / 2 - (box.left + box.width / 2), frame.top + frame.height / 2 - (box.top + box.height / 2));
  }

  nodeOf(step) {
    return this.#world.querySelector('[data-step="' + CSS.escape(step) + '"]');
  }

  /** Lights up what goes into a step, all in it, or out of it; for null all is as it was. edges are pairs of steps. */
  trace(step, edges) {
    for (const node of this.#world.querySelectorAll(".chosen")) node.classList.remove("chosen");
    const node = step === null ? null : this.nodeOf(step);
    node?.classList.add("chosen");
    const inside = (path) => path === step || path.startsWith(step + "/");
    const lit = new Set(node === null ? [] : edges.flatMap(([from, to], index) => (inside(from) || inside(to) ? [String(index)] : [])));
    this.#frame.classList.toggle("tracing", lit.size > 0);
    for (const edge of this.#world.querySelectorAll(".edge[data-edges]")) {
      edge.classList.toggle("lit", edge.dataset.edges.split(" ").some((index) => lit.has(index)));
    }
    return node;
  }
}
`;
