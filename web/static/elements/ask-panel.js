// <ask-panel>: questions about some pictures, answered while one listens. Event: "open" (detail: id of a picture that is named).
import * as api from "../api.js";
import { one, tell } from "../dom.js";
import { cited } from "../events.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";

/** @typedef {{number: number, id: number, name: string, thumbnail: string}} Shown */

class AskPanel extends HTMLElement {
  /** @type {{question: string, answer: string}[]} */ said = [];
  /** @type {number[]} */ ids = [];
  /** @type {Shown[]} */ pictures = [];
  /** @type {AbortController | null} */ running = null;

  connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="talk" aria-live="polite"></div>
      <form class="ask"><input type="text" maxlength="2000" aria-label="${t("ask.label")}" placeholder="${t("ask.placeholder")}" autocomplete="off"><button class="round first send" aria-label="${t("ask.send")}" title="${t("ask.send")}">${icon("send")}</button></form></div>`).children);
    this.talk = one(this, ".talk");
    this.input = one(this, "input");
    this.button = one(this, ".send");
    one(this, "form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      if (this.running) this.running.abort();
      else if (this.input.value.trim()) this.ask(this.input.value.trim());
    });
    this.talk.addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ event) => {
      const link = /** @type {HTMLElement | null} */ (event.target.closest("a[data-id]"));
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      tell(this, "open", Number(link.dataset.id));
    });
  }

  disconnectedCallback() {
    this.running?.abort();
  }

  /** Of which pictures is asked: another conversation. @param {number[]} ids */
  about(ids) {
    if (ids.join() === this.ids.join()) return;
    this.running?.abort();
    Object.assign(this, { ids, said: [], pictures: [] });
    this.talk.replaceChildren();
    this.input.value = "";
  }

  /** @param {string} question */
  async ask(question) {
    const mine = (this.running = new AbortController());
    const turn = element(html`<div class="turn"><p class="asked">${question}</p><p class="answer" aria-busy="true"><span class="dots" aria-label="${t("ask.waiting")}"></span></p></div>`);
    const answer = one(turn, ".answer");
    this.talk.append(turn);
    this.input.value = "";
    this.#busy(true);
    let text = "";
    try {
      await api.question({ question, ids: this.ids, history: this.said }, ({ event, data }) => {
        if (event === "pictures") this.pictures = data.pictures;
        else if (event === "piece") { text += data.text; answer.textContent = text; }
        else if (event === "answer") { this.#answered(answer, data); this.said = [...this.said, { question, answer: data.text }]; }
        else if (event === "problem") throw new Error(data.detail);
        turn.scrollIntoView({ block: "nearest" });
      }, mine.signal);
    } catch (error) {
      if (error.name === "AbortError") { if (!text) turn.remove(); } else answer.replaceChildren(element(html`<span class="fault" role="alert">${error.message}</span>`));
    } finally {
      answer.removeAttribute("aria-busy");
      if (this.running === mine) { this.running = null; this.#busy(false); }
    }
  }

  /** @param {boolean} is */
  #busy(is) {
    this.button.innerHTML = String(icon(is ? "stop" : "send"));
    const says = t(is ? "ask.stop" : "ask.send");
    this.button.title = says;
    this.button.setAttribute("aria-label", says);
  }

  /** @param {HTMLElement} place @param {{text: string, model: string}} answer */
  #answered(place, { text, model }) {
    const parts = cited(text, this.ids.length > 1 ? this.pictures.length : 0).map((part) => (typeof part === "number" ? this.#named(part) : html`${part}`));
    place.replaceChildren(...element(html`<p><span class="text">${parts}</span><small class="by">${model ? t("by.model", { model }) : t("ask.stored")}</small></p>`).childNodes);
  }

  /** @param {number} number */
  #named(number) {
    const { id, name, thumbnail } = this.pictures[number - 1];
    return html`<a class="cited" data-id="${id}" href="/?show=${id}" title="${name}"><img src="${thumbnail}&size=128" alt="${name}">${number}</a>`;
  }
}
customElements.define("ask-panel", AskPanel);
