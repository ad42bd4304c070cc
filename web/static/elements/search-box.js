// <search-box>: words, and the example picture if there is one.
// Events: "words" (detail: text, bubbling as typed), "picture" (detail: File), "forget" (the example is removed).
import { upload } from "../uploads.js";

const PAUSE = 180; // ms after the last key: shorter than that, every letter would be a search

class SearchBox extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input[type=search]");
    this.file = this.querySelector("input[type=file]");
    this.example = this.querySelector(".example");
    let waiting;
    const say = (sure) => { clearTimeout(waiting); this.tell("words", { text: this.box.value, sure }); };
    this.box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(say, PAUSE, false); });
    this.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); say(true); });
    this.file.addEventListener("change", () => {
      if (this.file.files[0]) this.tell("picture", this.file.files[0]);
      this.file.value = ""; // the same picture may be chosen again
    });
    this.example.querySelector("button").addEventListener("click", () => { this.tell("forget"); this.box.focus(); });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.activeElement?.matches("input, select, textarea") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.box.focus();
      this.box.select();
    });
  }

  /** @param {string} name @param {unknown} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  /** @param {import("../types.js").State} state */
  set state(state) {
    if (this.box.value.trim() !== state.q.trim()) this.box.value = state.q;
    const given = upload(state.upload);
    const source = given?.preview ?? (state.like === null ? "" : `/api/v1/pictures/${state.like}/thumbnail`);
    this.example.hidden = !source;
    const picture = this.example.querySelector("img");
    if (!source) picture.removeAttribute("src");
    else if (picture.getAttribute("src") !== source) picture.src = source;
    picture.alt = source ? `Example: ${given?.file.name ?? `picture ${state.like}`}` : "";
    this.box.placeholder = source ? "Add words to the example" : "What is in the picture?";
  }
}
customElements.define("search-box", SearchBox);
