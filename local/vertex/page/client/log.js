/** Shows a log: its end first, then what is added to it, and earlier parts on demand. */

/** Characters; what is older goes. */
const most = 2_000_000;

class LogView extends HTMLElement {
  #source = null;
  #from = 0;
  #text = document.createElement("pre");
  #earlier = document.createElement("button");
  #follow = document.createElement("input");
  #visibility = () => (document.visibilityState === "visible" ? this.#listen() : this.#close());

  connectedCallback() {
    const label = document.createElement("label");
    this.#follow.type = "checkbox";
    this.#follow.checked = true;
    this.#follow.addEventListener("change", () => this.#toEnd());
    label.className = "follow";
    label.append(this.#follow, "Follow");
    this.#earlier.type = "button";
    this.#earlier.textContent = "Earlier";
    this.#earlier.hidden = true;
    this.#earlier.addEventListener("click", () => this.#readEarlier());
    this.#text.tabIndex = 0;
    this.#text.setAttribute("role", "log");
    this.#text.setAttribute("aria-label", "Log");
    // Who reads further up isn't pulled down.
    this.#text.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#text;
      if (this.#source !== null) this.#follow.checked = scrollHeight - scrollTop - clientHeight < 24;
    });
    this.replaceChildren(this.#earlier, this.#text, label);
    document.addEventListener("visibilitychange", this.#visibility);
    this.#listen();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#visibility);
    this.#close();
  }

  #listen() {
    if (this.#source !== null || this.dataset.ended) return;
    this.#text.replaceChildren();
    this.#source = new EventSource(this.getAttribute("src"));
    this.#source.addEventListener("part", ({ data }) => this.#append(JSON.parse(data)));
    this.#source.addEventListener("end", () => {
      this.#close();
      this.dataset.ended = "yes";
      if (this.#text.textContent === "") this.#text.dataset.empty = "It wrote nothing.";
    });
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #append({ text, from }) {
    if (!this.#text.hasChildNodes()) this.#begins(from);
    this.#text.append(text);
    this.#forget();
    this.#toEnd();
  }

  #begins(from) {
    this.#from = from;
    this.#earlier.hidden = from === 0;
  }

  /** However long a log is, a browser keeps only so much of it. */
  #forget() {
    let length = this.#text.textContent.length;
    while (length > most && this.#text.childNodes.length > 1) {
      length -= this.#text.firstChild.length;
      this.#text.firstChild.remove();
      this.#earlier.hidden = true;
    }
  }

  #toEnd() {
    if (this.#follow.checked) this.#text.scrollTop = this.#text.scrollHeight;
  }

  async #readEarlier() {
    const address = new URL(this.getAttribute("src"), location.href);
    address.searchParams.set("before", this.#from);
    const { text, from } = await (await fetch(address)).json();
    const height = this.#text.scrollHeight;
    this.#follow.checked = false;
    this.#text.prepend(text);
    this.#text.scrollTop += this.#text.scrollHeight - height;
    this.#begins(from);
  }
}

customElements.define("log-view", LogView);
