// <picture-detail>: one picture over the whole window, and beside it everything known of it.
// Events: "shut", "step" (detail: 1 or -1), "similar" (detail: id), "where" (detail: id; answered by `where` or `wrong`),
// "open" (detail: id), "mark" (detail: a term of the query), "words" (detail: a term to search by), "like-part" (detail:
// {id, box}), "part" (detail: id), "unveiled" (a blurred picture was asked to be shown), "edited" (detail: Said and id).
import * as api from "../api.js";
import { on, one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { keys } from "../keys.js";
import { t } from "../messages.js";
import { prefer, preferences } from "../preferences.js";
import { alternative, unveil, veiled } from "../veil.js";
import { when } from "../words.js";
import { toast } from "./page-toast.js";
import { facts } from "./picture-facts.js";
import { paint } from "./relevance.js";

/** What the keys press. @type {Record<string, string>} */
const KEYS = { i: ".info", o: ".boxes", t: ".letters", w: ".where", s: ".similar", h: ".hide", r: ".part" };
for (const [key, says] of [["+ -", "zoom"], ["0", "whole"], ["z", "actual"], ["i", "info"], ["o", "boxes"], ["t", "letters"], ["1 2 3 4 5", "stars"], ["c", "caption"], ["n", "note"], ["a", "ask"], ["h", "hide"]]) keys.push({ key, says: `keys.picture.${says}`, part: "picture" });

/** @param {string} name @param {Parameters<typeof icon>[0]} drawing @param {string} [more] its key */
const tool = (name, drawing, more = "") => html`<button type="button" class="round quiet ${name}" aria-label="${t(`detail.${name}`)}" title="${t(`detail.${name}`)}${more && ` (${more})`}">${icon(drawing)}</button>`;

const frame = () => html`<dialog class="viewer" aria-labelledby="picture-name">
  <div class="tools">
    ${tool("shut", "back", "Esc")}<h2 id="picture-name"></h2>
    <span class="set">${tool("boxes", "boxes", "o")}${tool("letters", "letters", "t")}
    <button type="button" class="quiet where" aria-pressed="false" title="${t("detail.where.hint")}">${icon("heat")}<span>${t("detail.where")}</span></button></span>
    <span class="set">${tool("part", "crop", "r")}${tool("hide", "hide", "h")}<a class="button round quiet original" target="_blank" rel="noopener" aria-label="${t("detail.original")}" title="${t("detail.original")}">${icon("download")}</a>${tool("info", "info", "i")}</span>
  </div>
  <zoom-stage class="stage"><div class="paper"><img alt="" draggable="false"><canvas hidden></canvas><picture-layers></picture-layers></div>
    <button type="button" class="unveil" hidden>${t("card.show")}</button>
  </zoom-stage>
  <button type="button" class="round way before" aria-label="${t("detail.before")}" title="${t("detail.before")} (←)">${icon("previous")}</button>
  <button type="button" class="round way after" aria-label="${t("detail.after")}" title="${t("detail.after")} (→)">${icon("next")}</button>
  <p class="zoom"><button type="button" class="round quiet out" aria-label="${t("detail.out")}" title="${t("detail.out")} (-)">${icon("minus")}</button><button type="button" class="quiet fit" title="${t("detail.fit")} (0)"></button><button type="button" class="round quiet in" aria-label="${t("detail.in")}" title="${t("detail.in")} (+)">${icon("plus")}</button></p>
  <aside class="side" aria-label="${t("detail.side")}" tabindex="-1">
    <p class="notice gone" hidden>${t("detail.gone")}</p>
    <p class="notice wrong" role="alert" hidden></p>
    <p class="moment"></p>
    <p class="acts"><button type="button" class="first similar">${t("detail.similar")}</button><button type="button" class="more-like" aria-label="${t("search.drop.more")}" title="${t("search.drop.more")}">${icon("plus")}${t("detail.more")}</button><button type="button" class="less-like" aria-label="${t("search.drop.less")}" title="${t("search.drop.less")}">${icon("minus")}${t("detail.less")}</button></p>
    <picture-words></picture-words>
    <section class="about"><h3>${t("ask.about.one")}</h3><ask-panel></ask-panel></section>
    <similar-strip hidden></similar-strip>
    <dl class="facts"></dl>
    <picture-history></picture-history>
  </aside>
</dialog>`;

class PictureDetail extends HTMLElement {
  connectedCallback() {
    this.dialog = /** @type {HTMLDialogElement} */ (element(frame()));
    this.replaceChildren(this.dialog);
    this.shown = this.querySelector("img");
    this.map = this.querySelector("canvas");
    this.asking = one(this, ".where");
    this.stage = one(this, ".stage");
    this.side = one(this, ".side");
    this.layers = one(this, "picture-layers");
    this.words = one(this, "picture-words");
    const press = (/** @type {string} */ what, /** @type {() => void} */ act) => one(this, what).addEventListener("click", act);
    press(".shut", () => this.dialog.close());
    press(".before", () => tell(this, "step", -1));
    press(".after", () => tell(this, "step", 1));
    press(".similar", () => tell(this, "similar", this.picture.id));
    press(".where", () => this.#where());
    press(".unveil", () => this.#unveil());
    press(".more-like", () => tell(this, "mark", `like:${this.picture.id}`));
    press(".less-like", () => tell(this, "mark", `-like:${this.picture.id}`));
    press(".part", () => tell(this, "part", this.picture.id));
    press(".hide", () => this.#say({ state: this.picture.state === "hidden" ? "unreviewed" : "hidden" }));
    press(".info", () => this.#aside(!preferences.info));
    for (const layer of /** @type {const} */ (["boxes", "letters"])) press(`.${layer}`, () => this.#layer(layer, !this.layers.classList.contains(layer)));
    press(".in", () => this.stage.zoom(1.5));
    press(".out", () => this.stage.zoom(1 / 1.5));
    press(".fit", () => this.stage.turn());
    on(this.stage, "zoomed", () => this.#zoomed());
    on(this.stage, "away", () => this.dialog.close());
    on(this.words, "said", (said) => this.#say(said));
    on(one(this, "picture-history"), "take-back", (change) => this.#back(change, this.picture.id));
    on(this.words, "point", (label) => this.layers.point(label));
    on(one(this, "similar-strip"), "similar", () => tell(this, "similar", this.picture.id));
    one(this, ".facts").addEventListener("click", (/** @type {MouseEvent} */ event) => this.#copy(event));
    this.dialog.addEventListener("close", () => { this.shown.removeAttribute("src"); tell(this, "shut"); });
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.shown.addEventListener("error", () => {
      if (!this.shown.getAttribute("src") || this.shown.getAttribute("src") === this.picture.thumbnail) return;
      this.shown.src = this.picture.thumbnail;
      one(this, ".gone").hidden = false;
    });
    this.#aside(preferences.info);
  }

  /**
   * @param {import("../types.js").Picture} picture
   * @param {{hit?: import("../types.js").Hit, byPicture: boolean, byWords: boolean, before?: import("../types.js").Hit, after?: import("../types.js").Hit}} among its place in the results; what was asked by
   */
  open(picture, { hit, byPicture, byWords, before, after }) {
    this.picture = picture;
    this.hit = hit;
    this.byPicture = byPicture;
    this.plain();
    this.locatable = byWords && Boolean(hit?.signals.dense);
    one(this, ".gone").hidden = true;
    this.stage.picture = picture;
    this.#veil();
    this.shown.style.backgroundImage = `url("${picture.thumbnail}")`; // seen until the file itself is there
    this.shown.src = picture.file;
    one(this, ".original").href = picture.file;
    one(this, ".less-like").hidden = !byPicture && !byWords; // of all pictures, those least like one say nothing
    one(this, ".before").disabled = !before;
    one(this, ".after").disabled = !after;
    this.#layer("letters", Boolean(hit?.matches?.some(({ box_xyxy }) => box_xyxy)));
    this.#fill();
    one(this, "ask-panel").about([picture.id]);
    if (!this.dialog.open) this.dialog.showModal();
    this.stage.picture = picture; // now that its room is known
    this.side.scrollTop = 0;
    this.dialog.scrollTop = 0;
    if (preferences.info) one(this, "similar-strip").show(picture.id);
    this.shown.decode().then(() => { if (after && this.picture === picture) new Image().src = `/api/v1/pictures/${after.id}/file`; }, () => {});
  }

  /** What is said beside the picture. */
  #fill() {
    const { picture, hit, byPicture } = this;
    one(this, "h2").textContent = picture.name;
    one(this, ".moment").textContent = picture.taken_at ? when(picture.taken_at) : "";
    this.layers.show(picture, hit?.matches ?? []);
    one(this, ".boxes").hidden = !this.layers.has.objects;
    one(this, ".letters").hidden = !this.layers.has.lines;
    this.words.show(picture, this.layers.labels());
    one(this, ".facts").innerHTML = String(facts(picture, hit, byPicture));
    one(this, "picture-history").show(picture);
    for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-hex]"))) swatch.style.backgroundColor = swatch.dataset.hex;
    const hidden = picture.state === "hidden";
    const hide = one(this, ".hide");
    hide.innerHTML = String(icon(hidden ? "eye" : "hide"));
    hide.title = t(hidden ? "detail.unhide" : "detail.hide");
    hide.setAttribute("aria-label", hide.title);
  }

  /** A person says something of it; it can be taken back. @param {import("../types.js").Said} said */
  async #say(said) {
    const { id } = this.picture;
    try {
      const { change } = await api.edit([id], said);
      await this.#again(id, said);
      if (change !== null) toast(t("edit.done"), { says: t("edit.undo"), run: () => this.#back(change, id) });
    } catch (error) {
      this.wrong(error.message);
    }
  }

  /** @param {number} change @param {number} id */
  async #back(change, id) {
    try {
      await api.undo(change, [id]);
      await this.#again(id, {});
      toast(t("edit.undone"));
    } catch (error) {
      toast(error.message);
    }
  }

  /** See what it is now. @param {number} id @param {import("../types.js").Said} said */
  async #again(id, said) {
    const now = await api.picture(id);
    if (this.picture.id === id) {
      this.picture = now;
      const focused = /** @type {HTMLElement} */ (document.activeElement), again = focused?.dataset.star ? `[data-star="${focused.dataset.star}"]` : focused?.closest(".tag-form") ? ".tag-form input" : "";
      this.#fill();
      if (again) one(this, again).focus();
      else if (!this.dialog.contains(document.activeElement)) this.side.focus();
    }
    tell(this, "edited", { ids: [id], said: { ...said, state: now.state } });
  }

  /** @param {boolean} shown */
  #aside(shown) {
    prefer({ info: shown });
    this.dialog.classList.toggle("alone", !shown);
    one(this, ".info").setAttribute("aria-pressed", String(shown));
    if (shown && this.dialog.open) one(this, "similar-strip").show(this.picture.id);
  }

  /** @param {"boxes" | "letters"} layer @param {boolean} shown */
  #layer(layer, shown) {
    this.layers.classList.toggle(layer, shown);
    one(this, `.${layer}`).setAttribute("aria-pressed", String(shown));
  }

  #zoomed() {
    const { fit, view } = this.stage;
    one(this, ".fit").textContent = `${Math.round((100 * fit.width * view.scale) / this.picture.width)} %`;
    one(this, ".out").disabled = view.scale <= 1;
  }

  #where() {
    if (!this.map.hidden) return this.plain();
    this.asking.setAttribute("aria-busy", "true");
    tell(this, "where", this.picture.id);
  }

  #unveil() {
    unveil(this.picture.id);
    this.#veil();
    one(this, ".shut").focus(); // the button that was pressed is gone
    tell(this, "unveiled");
  }

  /** Blur the picture, where it is to be; a map over it would show it. */
  #veil() {
    const hide = veiled(this.picture);
    this.stage.classList.toggle("blurred", hide);
    one(this, ".unveil").hidden = !hide;
    one(this, ".unveil").setAttribute("aria-label", t("detail.unveil", { category: this.picture.category ?? "" }));
    this.shown.alt = alternative(this.picture, this.picture.texts.find(({ kind }) => kind === "caption")?.text ?? this.picture.name);
    this.asking.hidden = hide || !this.locatable;
  }

  /** Without the map. */
  plain() {
    this.map.hidden = true;
    one(this, ".wrong").hidden = true;
    this.asking.setAttribute("aria-pressed", "false");
    this.asking.removeAttribute("aria-busy");
  }

  /** Show where in the picture that which was asked for is seen. @param {import("../types.js").Where} found */
  async where(found) {
    const { id } = this.picture;
    await this.shown.decode().catch(() => {}); // the file may still be on its way, or be replaced by its thumbnail
    if (this.picture.id !== id || !this.shown.naturalWidth) return;
    this.plain();
    paint(this.map, this.shown, found);
    this.map.hidden = false;
    this.asking.setAttribute("aria-pressed", "true");
  }

  /** Say why something cannot be had. @param {string} reason */
  wrong(reason) {
    this.plain();
    one(this, ".wrong").textContent = reason;
    one(this, ".wrong").hidden = false;
    if (!preferences.info) toast(reason);
  }

  /** @param {MouseEvent} event */
  #copy(event) {
    const link = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("a[data-id]"));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tell(this, "open", Number(link.dataset.id));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (/** @type {HTMLElement} */ (event.target).matches("input, textarea")) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way) tell(this, "step", way);
    else if (/^[1-5]$/.test(event.key)) this.#say({ rating: Number(event.key) === this.picture.stars ? 0 : Number(event.key) });
    else if (event.key === "c" || event.key === "n") { this.#aside(true); this.words.edit(event.key === "c" ? "caption" : "note"); }
    else if (event.key === "a") { this.#aside(true); one(this, "ask-panel input").focus(); }
    else if (KEYS[event.key] && !one(this, KEYS[event.key]).hidden) one(this, KEYS[event.key]).click();
    else if (!this.stage.pressed(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  shut() {
    if (this.dialog.open) this.dialog.close();
  }
}
customElements.define("picture-detail", PictureDetail);
