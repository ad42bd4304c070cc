// <work-notice>: what is being done to the library, in a line, and the offer to show what has changed meanwhile.
// Asks now and then and keeps no connection open: a browser has six for all its tabs. Event: "came".
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { going, named, standing } from "../jobs.js";
import { t } from "../messages.js";

const BUSY = 2_000; // ms between questions while something is being done
const IDLE = 20_000;

const frame = () => html`<div><a href="/library"></a><button type="button" class="quiet">${t("work.show")}</button></div>`;

class WorkNotice extends HTMLElement {
  /** The library's generation that the page shows, and the one it has now. @type {number | null} */ #shown = null;
  /** @type {number | null} */ #now = null;
  /** @type {import("../jobs.js").Job | undefined} */ #job;

  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.line = one(this, "a");
    this.button = one(this, "button");
    this.hidden = this.button.hidden = true;
    this.button.addEventListener("click", () => this.show());
    document.addEventListener("visibilitychange", () => document.hidden || this.#ask());
    this.#ask();
  }

  /** Have what came put on the page. */
  show() {
    this.#shown = this.#now;
    this.#draw();
    tell(this, "came");
  }

  async #ask() {
    clearTimeout(this.waiting);
    if (document.hidden) return;
    let pause = IDLE;
    try {
      const [jobs, { generation }] = await Promise.all([api.read("jobs", "work"), api.read("generation")]);
      this.#job = jobs.find((/** @type {import("../jobs.js").Job} */ { state }) => state === "running");
      this.#now = generation;
      this.#shown ??= generation;
      this.#draw();
      if (jobs.some(going)) pause = BUSY;
    } catch (error) {
      if (api.overtaken(error)) return; // a newer question goes on
    }
    this.waiting = setTimeout(() => this.#ask(), pause);
  }

  #draw() {
    this.line.hidden = !this.#job;
    if (this.#job) this.line.textContent = [named(this.#job), standing(this.#job)].filter(Boolean).join(": ");
    const changed = this.#now !== this.#shown;
    this.button.hidden = !changed;
    this.hidden = this.line.hidden && !changed;
    if (changed && this.hasAttribute("at-once")) this.show();
  }
}
customElements.define("work-notice", WorkNotice);
