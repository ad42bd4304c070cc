// <selection-bar>: what can be done with the chosen pictures.
// Events: "edited" (detail: {ids, said, blurred?}), "undone", "words" (detail: a term to search by), "open" (detail: id).
import * as api from "../api.js";
import { choosing } from "../choosing.js";
import { on, one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";
import { quoted } from "../query.js";
import { toast } from "./page-toast.js";

const MOST_ASKED = 200; // as the API has it
const MOST_DOWNLOADED = 2_000;
const MOST_LISTED = 10_000;
const KEPT = 60_000; // ms: as long as a browser may take to save a list
const LISTS = /** @type {const} */ (["csv", "json", "paths"]);
const ACTS = /** @type {const} */ ([["ask", "ask"], ["tag", "tag"], ["teach", "teach"], ["stars", "star"], ["approve", "eye"], ["hide", "hide"], ["download", "download"]]);

const frame = () => html`<div><div class="pill" role="toolbar" aria-label="${t("choose.label")}">
  <button type="button" class="round quiet none" aria-label="${t("choose.none")}" title="${t("choose.none")} (Esc)">${icon("cross")}</button><b aria-live="polite"></b>
  ${ACTS.map(([act, drawing]) => html`<button type="button" class="quiet ${act}" title="${t(`choose.${act}`)}">${icon(drawing)}<span>${t(`choose.${act}`)}</span></button>`)}</div>
  <div class="sheet tagging" popover><form><label class="field"><span>${t("choose.tag.name")}</span><input name="tag" maxlength="200" required autocomplete="off"></label>
    <p class="acts"><button class="first" value="tags">${t("choose.tag.add")}</button><button value="untags">${t("choose.tag.drop")}</button></p></form></div>
  <div class="sheet teaching" popover><form><p class="help">${t("choose.teach.help")}</p><label class="field"><span>${t("choose.teach.name")}</span><input name="name" maxlength="200" required autocomplete="off"></label>
    <p class="wrong" role="alert"></p><p class="acts"><button class="first" value="yes">${t("choose.teach.yes")}</button><button value="no">${t("choose.teach.no")}</button></p></form></div>
  <div class="sheet rating" popover><p class="stars">${[1, 2, 3, 4, 5].map((n) => html`<button type="button" class="round quiet" data-star="${n}" aria-label="${t("picture.star", { n })}">${icon("star")}</button>`)}</p></div>
  <div class="sheet downloading" popover role="group" aria-label="${t("choose.download")}"><button type="button" class="quiet" data-form="zip"><b>${t("choose.download.zip")}</b><small></small></button>
    ${LISTS.map((form) => html`<button type="button" class="quiet" data-form="${form}"><b>${t(`choose.list.${form}`)}</b><small>${t(`choose.list.${form}.help`)}</small></button>`)}</div>
  <div class="sheet asking" popover><h3></h3><ask-panel></ask-panel></div></div>`;

class SelectionBar extends HTMLElement {
  /** What is chosen from: `hidden` where it is hidden pictures. */ among = { hidden: false };

  connectedCallback() {
    this.replaceChildren(...element(frame()).children);
    this.grid = one(document, "picture-grid");
    const { chosen, told } = choosing(this.grid, () => this.#changed());
    this.chosen = chosen;
    const press = (/** @type {string} */ what, /** @type {() => void} */ act) => one(this, what).addEventListener("click", act);
    press(".none", () => { chosen.none(); told(); });
    press(".hide", () => this.#say({ state: this.among.hidden ? "unreviewed" : "hidden" }, this.among.hidden ? "choose.unhidden" : "choose.hidden"));
    press(".approve", () => this.#say({ state: "approved" }, "choose.approved"));
    press(".ask", () => this.#ask());
    for (const [act, sheet] of [["tag", "tagging"], ["teach", "teaching"], ["stars", "rating"], ["download", "downloading"]]) press(`.${act}`, () => this.#sheet(sheet));
    const sent = (/** @type {string} */ what, /** @type {(button: string, text: string) => void} */ act) =>
      one(this, what).addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        act(/** @type {HTMLButtonElement} */ (event.submitter).value, one(this, `${what} input`).value.trim());
      });
    sent(".tagging form", (way, tag) => { if (tag) this.#say({ [way]: [tag] }, way === "tags" ? "choose.tagged" : "choose.untagged", { tag }); });
    sent(".teaching form", (way, name) => { if (name) this.#teach(way, name); });
    one(this, ".rating").addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ { target }) => {
      const star = /** @type {HTMLElement | null} */ (target.closest("[data-star]"))?.dataset.star;
      if (star) this.#say({ rating: Number(star) }, "choose.rated");
    });
    one(this, ".downloading").addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ { target }) => {
      const form = /** @type {HTMLElement | null} */ (target.closest("[data-form]"))?.dataset.form;
      if (form) this.#download(form);
    });
    on(one(this, "ask-panel"), "open", () => one(this, ".asking").hidePopover());
  }

  get ids() {
    return [...this.chosen.ids];
  }

  #changed() {
    const { size } = this.chosen;
    this.hidden = !size;
    one(this, "b").textContent = t("choose.count", { n: size });
    if (!size) this.#shut();
    const archive = one(this, "[data-form=zip]");
    archive.disabled = size > MOST_DOWNLOADED;
    one(archive, "small").textContent = t(archive.disabled ? "choose.download.many" : "choose.download.zip.help", { n: MOST_DOWNLOADED });
    one(this, ".download").disabled = size > MOST_LISTED;
    one(this, ".approve").hidden = !this.grid.hits.some((/** @type {import("../types.js").Hit} */ { id, blurred }) => blurred && this.chosen.ids.has(id));
    const hide = t(this.among.hidden ? "choose.unhide" : "choose.hide");
    one(this, ".hide span").textContent = one(this, ".hide").title = hide;
    one(this, ".ask").disabled = size > MOST_ASKED;
  }

  #shut() {
    for (const sheet of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(":popover-open"))) sheet.hidePopover();
  }

  /** @param {string} name */
  #sheet(name) {
    const sheet = one(this, `.${name}`);
    sheet.togglePopover();
    sheet.querySelector("input, button")?.focus();
  }

  /** @param {import("../types.js").Said} said @param {string} done what is told then @param {Record<string, string>} [values] */
  async #say(said, done, values = {}) {
    const { ids } = this;
    this.#shut();
    try {
      const { change } = await api.edit(ids, said);
      toast(t(done, { n: ids.length, ...values }), change === null ? null : { says: t("edit.undo"), run: () => this.#back(change) });
      if (said.state) one(this, ".none").click();
      tell(this, "edited", { ids, said, ...(said.state === "approved" && { blurred: false }) });
    } catch (error) {
      toast(error.message);
    }
  }

  /** @param {number} change */
  async #back(change) {
    try {
      await api.undo(change);
      toast(t("edit.undone"));
      tell(this, "undone");
    } catch (error) {
      toast(error.message);
    }
  }

  /** @param {string} way yes or no @param {string} name */
  async #teach(way, name) {
    const wrong = one(this, ".teaching .wrong");
    wrong.textContent = "";
    try {
      const concept = await api.send("POST", "concepts", { name, [way]: this.ids });
      this.#shut();
      toast(t("choose.taught", { name, n: concept.tagged }), { says: t("choose.see"), run: () => { one(this, ".none").click(); tell(this, "words", `tag:${quoted(concept.name)}`); } });
    } catch (error) {
      wrong.textContent = error.message;
    }
  }

  #ask() {
    const { ids } = this;
    one(this, ".asking h3").textContent = t("ask.about.many", { n: ids.length });
    one(this, "ask-panel").about(ids);
    this.#sheet("asking");
  }

  /** The files go to the disk as they come: they may be bigger than the browser's memory. @param {string} form */
  async #download(form) {
    const { ids } = this;
    this.#shut();
    if (form === "zip") return saved(`/api/v1/pictures/zip?ids=${ids.join(",")}`);
    try {
      const list = URL.createObjectURL(await api.list(ids, form));
      saved(list, t(`choose.list.${form}.file`));
      setTimeout(() => URL.revokeObjectURL(list), KEPT);
    } catch (error) {
      toast(error.message);
    }
  }
}

/** @param {string} address @param {string} [name] */
function saved(address, name = "") {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
customElements.define("selection-bar", SelectionBar);
