// <view-choices>: in which order, how grouped, how big; what is seldom changed lies behind a button.
// Event: "choose" (detail: the changed part of the state).
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";
import { onPreferences, prefer } from "../preferences.js";

const ORDERS = ["relevance", "newest", "oldest", "diverse"];
const GROUPS = ["auto", "none", "day", "month", "folder"];
const MODES = ["hybrid", "dense", "lexical"];
const THEMES = ["system", "light", "dark"];

/** @param {string} name @param {string[]} values */
const select = (name, values) =>
  html`<label><span>${t(`view.${name}`)}</span> <select name="${name}">${values.map((value) => html`<option value="${value}">${t(`view.${name}.${value}`)}</option>`)}</select></label>`;

const frame = () => html`<div>
  ${select("order", ORDERS)}
  <button type="button" class="quiet" popovertarget="view">${icon("view")}<span>${t("view.label")}</span></button>
  <div id="view" class="sheet" popover>
    ${select("group", GROUPS)}
    ${select("mode", MODES)}
    <label title="${t("view.fold.hint")}"><span>${t("view.fold")}</span> <input type="checkbox" class="switch" name="fold"></label>
    <label><span>${t("view.why")}</span> <input type="checkbox" class="switch" name="why"></label>
    <label><span>${t("view.size")}</span> <input type="range" name="size" min="-3" max="3" step="1"></label>
    ${select("theme", THEMES)}
  </div>
</div>`;

class ViewChoices extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.addEventListener("change", ({ target }) => this.#chosen(/** @type {HTMLInputElement} */ (target)));
    one(this, "[name=size]").addEventListener("input", (/** @type {InputEvent} */ { target }) => prefer({ size: Number(/** @type {HTMLInputElement} */ (target).value) }));
    onPreferences(({ theme, why, size }) => {
      one(this, "[name=theme]").value = theme;
      one(this, "[name=why]").checked = why;
      one(this, "[name=size]").value = size;
    });
  }

  /** @param {HTMLInputElement} control */
  #chosen({ name, value, checked }) {
    if (name === "theme") prefer({ theme: /** @type {"system" | "light" | "dark"} */ (value) });
    else if (name === "why") prefer({ why: checked });
    else if (name !== "size") tell(this, "choose", { [name]: name === "fold" ? checked : value });
  }

  /** @param {import("../types.js").State} state */
  set state(state) {
    for (const name of /** @type {const} */ (["order", "group", "mode"])) one(this, `[name=${name}]`).value = state[name];
    one(this, "[name=fold]").checked = state.fold;
    this.#browsing(!state.q.trim());
  }

  /** @param {import("../results.js").Results} results */
  set results(results) {
    this.#browsing(results.state.order === "relevance" && results.timed);
  }

  /** With nothing to be best for, pictures come newest first. @param {boolean} is */
  #browsing(is) {
    const order = one(this, "[name=order]");
    one(order, "[value=relevance]").hidden = is;
    if (is && order.value === "relevance") order.value = "newest";
  }
}
customElements.define("view-choices", ViewChoices);
