// <saved-searches>: searches that are kept by name, with how many pictures came since they were looked at.
// Events: "words" (detail: {text}), "failed" (detail: a sentence).
import * as api from "../api.js";
import { offer } from "../commands.js";
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { onKey } from "../keys.js";
import { t } from "../messages.js";

/** @typedef {import("../types.js").Saved} Saved */

const frame = () => html`<div>
  <button type="button" class="round quiet star" popovertarget="saved" aria-label="${t("saved.label")}" title="${t("saved.label")}">${icon("star")}<b class="news" hidden></b></button>
  <div id="saved" class="sheet" popover>
    <form><label><span>${t("saved.keep")}</span><input type="text" name="name" maxlength="100" autocomplete="off" required></label><button type="submit" class="first">${t("saved.save")}</button></form>
    <ul role="list"></ul>
  </div>
</div>`;

class SavedSearches extends HTMLElement {
  query = "";
  /** @type {Saved[]} */ all = [];

  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.sheet = one(this, "#saved");
    this.name = one(this, "input");
    this.list = one(this, "ul");
    one(this, "form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => { event.preventDefault(); this.#save(); });
    this.sheet.addEventListener("toggle", (/** @type {ToggleEvent} */ { newState }) => {
      if (newState !== "open") return;
      this.#load();
      one(this, "form").hidden = !this.query;
      this.name.value = this.all.find(({ query }) => query === this.query)?.name ?? this.query;
      if (this.query) this.name.select();
    });
    this.list.addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ { target }) => this.#clicked(target.closest("button")));
    onKey("s", "keys.save", () => this.sheet.showPopover());
    offer(() => this.named.then(() => this.all.map((saved) => ({ says: saved.name, hint: t("saved.hint"), run: () => this.#open(saved) }))));
    this.named = this.#load(false);
    this.named.then(() => this.#load());
  }

  /** @param {boolean} [count] what is new in each, which takes a search each */
  async #load(count = true) {
    try {
      this.all = await api.saved(count);
      this.#draw();
    } catch (error) {
      if (!api.overtaken(error)) tell(this, "failed", error.message);
    }
  }

  #draw() {
    const news = this.all.reduce((sum, saved) => sum + (saved.new ?? 0), 0);
    one(this, ".news").hidden = !news;
    one(this, ".news").textContent = news > 99 ? "99+" : String(news);
    this.list.innerHTML = String(html`${this.all.map(({ name, query, new: fresh }, at) => html`<li><button type="button" class="go" data-at="${at}"><span>${name}</span><small>${query === name ? "" : query}</small>${fresh > 0 && html`<b>${t("saved.new", { n: fresh })}</b>`}</button><button type="button" class="round quiet drop" data-at="${at}" aria-label="${t("saved.forget", { name })}">${icon("cross")}</button></li>`)}`);
    if (!this.all.length) this.list.innerHTML = String(html`<li class="none">${t("saved.none")}</li>`);
  }

  async #save() {
    try {
      await api.save(this.name.value.trim(), this.query);
      await this.#load();
    } catch (error) {
      if (!api.overtaken(error)) tell(this, "failed", error.message);
    }
  }

  /** @param {HTMLButtonElement | null} button */
  async #clicked(button) {
    const saved = this.all[Number(button?.dataset.at ?? -1)];
    if (!saved) return;
    if (button.matches(".go")) return this.#open(saved);
    await api.forget(saved.name).catch((error) => tell(this, "failed", error.message));
    await this.#load();
    one(this, "button").focus();
  }

  /** Show its pictures; they are then no longer new. @param {Saved} saved */
  async #open(saved) {
    if (this.sheet.matches(":popover-open")) this.sheet.hidePopover();
    tell(this, "words", { text: saved.query });
    try {
      const { newest } = await api.savedOne(saved.name);
      await api.seen(saved.name, newest);
      await this.#load();
    } catch (error) {
      if (!api.overtaken(error)) tell(this, "failed", error.message);
    }
  }
}
customElements.define("saved-searches", SavedSearches);
