// <work-notice>: what is being done to the library, in a line, and the offer to show what has changed meanwhile.
// Asks now and then and keeps no connection open: a browser has six for all its tabs. 
// Events: "came", "busy" (work has begun, or ended).
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { named, standing } from "../jobs.js";
import { t } from "../messages.js";

const BUSY = 2_000; // ms between questions while something is being done
const IDLE = 20_000;

const frame = () => html`<div><a href="/library"></a><button type="button" class="quiet">${t("work.show")}</button></div>`;

class WorkNotice extends HTMLElement {
  /** The library's generation that the page shows, and the one it has now. @type {number | null} */ #shown = null;
  /** @type {number | null} */ #now = null;
  /** @type {import("../jobs.js").Job | undefined} */ #job;
  /** Why the server says nothing. */ #away = "";
  #wasBusy = false;

  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.line = one(this, "a");
    this.button = one(this, "button");
    this.hidden = this.button.hidden = true;
    this.button.addEventListener("click", () => this.show());
    document.addEventListener("visibilitychange", () => document.hidden || this.#ask());
    this.#ask();
  }

  /** Whether something is being done. */
  get busy() {
    return this.#job?.state === "running";
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
      const first = (/** @type {string[]} */ ...states) => jobs.find((/** @type {import("../jobs.js").Job} */ { state }) => states.includes(state));
      this.#job = first("running") ?? first("queued", "paused", "interrupted");
      this.#away = "";
      this.#now = generation;
      this.#shown ??= generation;
      this.#draw();
      if (first("running", "queued")) pause = BUSY;
    } catch (error) {
      if (api.overtaken(error)) return; // a newer question goes on
      this.#job = undefined;
      this.#away = error.message;
      this.#draw();
      pause = BUSY;
    }
    this.waiting = setTimeout(() => this.#ask(), pause);
  }

  #draw() {
    const busy = this.busy;
    this.line.hidden = !this.#job && !this.#away;
    this.line.classList.toggle("still", !busy);
    if (this.#away) this.line.textContent = this.#away;
    else if (this.#job) this.line.textContent = [named(this.#job), standing(this.#job)].filter(Boolean).join(": ");
    if (busy !== this.#wasBusy) tell(this, "busy");
    this.#wasBusy = busy;
    const changed = this.#now !== this.#shown;
    this.button.hidden = !changed;
    this.hidden = this.line.hidden && !changed;
    if (changed && this.hasAttribute("at-once")) this.show();
  }
}
customElements.define("work-notice", WorkNotice);
