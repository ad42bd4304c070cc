// <picture-detail>: one picture over the whole window, and beside it everything known of it.
// Events: "shut", "step" (detail: 1 or -1), "similar" (detail: id), "where" (detail: id; answered by `where` or `wrong`),
// "open" (detail: id), "mark" (detail: a term of the query), "words" (detail: a term to search by), "like-part" (detail:
// {id, box}), "part" (detail: id), "unveiled" (a blurred picture was asked to be shown), "edited" (detail: {ids, said, blurred}).
import * as api from "../api.js";
import { framed, on, one, tell } from "../dom.js";
import { element } from "../html.js";
import { icon } from "../icons.js";
import { keys } from "../keys.js";
import { t } from "../messages.js";
import { prefer, preferences } from "../preferences.js";
import { alternative, unveil, veiled } from "../veil.js";
import { when } from "../words.js";
import { toast } from "./page-toast.js";
import { facts } from "./picture-facts.js";
import { frame } from "./picture-frame.js";
import "./picture-paper.js"; // its parts are there once it is connected

const PULLED = 60; // px: so far up, the details are looked at

/** What the keys press. @type {Record<string, string>} */
const KEYS = { i: ".info", o: ".boxes", t: ".letters", w: ".where", s: ".similar", h: ".hide", r: ".part" };
for (const [key, says] of [["+ -", "zoom"], ["0", "whole"], ["z", "actual"], ["i", "info"], ["o", "boxes"], ["t", "letters"], ["1 2 3 4 5", "stars"], ["c", "caption"], ["n", "note"], ["a", "ask"], ["h", "hide"]]) keys.push({ key, says: `keys.picture.${says}`, part: "picture" });

class PictureDetail extends HTMLElement {
  connectedCallback() {
    this.dialog = /** @type {HTMLDialogElement} */ (element(frame()));
    this.replaceChildren(this.dialog);
    this.paper = one(this, "picture-paper");
    this.asking = one(this, ".where");
    this.stage = one(this, ".stage");
    this.side = one(this, ".side");
    this.layers = this.paper.layers;
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
    press(".approve", () => this.#say({ state: "approved" }));
    press(".info", () => (this.#below ? this.#pull() : this.#aside(!preferences.info)));
    press(".grip", () => this.#pull());
    this.dialog.addEventListener("scroll", framed(() => this.#pulled()), { passive: true });
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
    on(this.paper, "gone", () => { one(this, ".gone").hidden = false; });
    this.dialog.addEventListener("close", () => { this.paper.away(); tell(this, "shut"); });
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
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
    this.stage.classList.toggle("blurred", veiled(picture)); // before it is there
    this.paper.show(picture);
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
    this.#pulled();
    if (preferences.info) one(this, "similar-strip").show(picture.id);
    this.paper.seen().then(() => { if (after && this.picture === picture) new Image().src = `/api/v1/pictures/${after.id}/file`; });
  }

  /** What is said beside the picture. */
  #fill() {
    const { picture, hit, byPicture } = this;
    one(this, "h2").textContent = picture.name;
    one(this, ".moment").textContent = picture.taken_at ? when(picture.taken_at) : t("detail.by.file", { when: when(picture.moment) });
    this.layers.show(picture, hit?.matches ?? []);
    this.#veil();
    one(this, ".judged").hidden = !picture.blurred;
    one(this, ".judged p").textContent = picture.blurred ? t("detail.judged", { category: picture.category }) : "";
    one(this, ".damaged").hidden = !picture.damaged;
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
    tell(this, "edited", { ids: [id], said: { ...said, state: now.state }, blurred: now.blurred });
  }

  /** @param {boolean} shown */
  #aside(shown) {
    prefer({ info: shown });
    this.dialog.classList.toggle("alone", !shown);
    this.#pulled();
    if (shown && this.dialog.open) one(this, "similar-strip").show(this.picture.id);
  }

  /** Whether what is known lies below the picture, to be pulled up: on a phone. */
  get #below() {
    return matchMedia("(max-width: 52rem)").matches;
  }

  /** Pull up what is known, or down again. */
  #pull() {
    if (!preferences.info) this.#aside(true);
    const up = this.dialog.scrollTop < PULLED;
    this.dialog.scrollTo({ top: up ? 0.6 * this.dialog.clientHeight : 0, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  }

  /** It has been pulled so far: the picture takes the room that is left. */
  #pulled() {
    const up = this.#below ? this.dialog.scrollTop : 0;
    this.dialog.style.setProperty("--up", `${up}px`);
    const seen = String(preferences.info && (!this.#below || up >= PULLED));
    one(this, ".info").setAttribute("aria-pressed", seen);
    one(this, ".grip").setAttribute("aria-expanded", seen);
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
    if (this.paper.mapped) return this.plain();
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
    this.paper.alt = alternative(this.picture, this.picture.texts.find(({ kind }) => kind === "caption")?.text ?? this.picture.name);
    this.asking.hidden = hide || !this.locatable;
  }

  /** Without the map. */
  plain() {
    this.paper.where(null);
    one(this, ".wrong").hidden = true;
    this.asking.setAttribute("aria-pressed", "false");
    this.asking.removeAttribute("aria-busy");
  }

  /** Show where in the picture that which was asked for is seen. @param {import("../types.js").Where} found */
  async where(found) {
    const { id } = this.picture;
    const painted = await this.paper.where(found);
    if (this.picture.id !== id) return;
    one(this, ".wrong").hidden = true;
    this.asking.removeAttribute("aria-busy");
    this.asking.setAttribute("aria-pressed", String(painted));
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
