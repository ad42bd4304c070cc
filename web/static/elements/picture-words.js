// <picture-words>: what is said of a picture and by whom: stars, caption, tags, note, words in it; a person may say otherwise.
// Events: "said" (detail: Said), "words" (detail: a term to search by), "point" (detail: a label of objects, or "").
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { hueOf } from "../layers.js";
import { t } from "../messages.js";
import { quoted } from "../query.js";
import { saidBy } from "../words.js";

/** @typedef {import("../types.js").Text} Text */

const SHORT = 12; // tags that are shown at once
const STARS = [1, 2, 3, 4, 5];
/** What is called how by the API when it is edited. */
const FIELDS = /** @type {const} */ ({ caption: "caption", note: "note", ocr: "text" });

class PictureWords extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#clicked(/** @type {HTMLElement} */ (event.target)));
    for (const [event, label] of /** @type {const} */ ([["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]])) {
      this.addEventListener(event, ({ target }) => {
        const seen = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (target).closest("[data-label]"));
        if (seen) tell(this, "point", label ? seen.dataset.label : "");
      });
    }
  }

  /** @param {import("../types.js").Picture} picture @param {[string, number][]} labels of objects, with how many there are */
  show(picture, labels) {
    this.picture = picture;
    this.replaceChildren(...element(html`<div>
      ${stars(picture.stars ?? 0)}
      ${this.#text("caption")}
      ${tagged(picture)}
      ${labels.length > 0 && seen(labels)}
      ${this.#text("ocr")}
      ${this.#text("note")}
    </div>`).children);
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-label]"))) chip.style.setProperty("--hue", String(hueOf(chip.dataset.label)));
    one(this, ".tag-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const tags = one(this, ".tag-form input").value.split(",").map((/** @type {string} */ tag) => tag.trim()).filter(Boolean);
      if (tags.length) tell(this, "said", { tags });
    });
  }

  /** A text with who said it; nothing yet: a way to say it. @param {keyof typeof FIELDS} kind */
  #text(kind) {
    const found = this.#last(kind);
    if (kind === "ocr" && !found) return "";
    const name = t(`picture.${kind}`);
    if (!found) return html`<button type="button" class="quiet add" data-edit="${kind}">${icon("plus")}${t(`picture.${kind}.add`)}</button>`;
    return html`<section class="said ${kind}" data-kind="${kind}"><h3>${name}</h3>
      <p class="text">${found.text}</p><p class="by">${saidBy(found)}
      <button type="button" class="round quiet edit" data-edit="${kind}" aria-label="${t("picture.edit", { name })}" title="${t("picture.edit", { name })}">${icon("pen")}</button></p></section>`;
  }

  /** A person's words before those of machines. @param {string} kind @returns {Text | undefined} */
  #last(kind) {
    const all = this.picture.texts.filter((text) => text.kind === kind);
    return all.findLast((said) => said.by === "person") ?? all.at(-1);
  }

  /** @param {HTMLElement} target */
  #clicked(target) {
    const button = target.closest("button");
    if (!button) return;
    const { edit, star, untag, tag, label } = button.dataset;
    if (button.matches(".rest")) button.setAttribute("aria-expanded", "true");
    else if (edit) this.edit(/** @type {keyof typeof FIELDS} */ (edit));
    else if (star) tell(this, "said", { rating: Number(star) === this.picture.stars ? 0 : Number(star) });
    else if (untag) tell(this, "said", { untags: [untag] });
    else if (tag) tell(this, "words", `tag:${quoted(tag)}`);
    else if (label) tell(this, "words", `object:${quoted(label)}`);
  }

  /** Write in place. @param {keyof typeof FIELDS} kind */
  edit(kind) {
    const before = this.#last(kind)?.text ?? "";
    const name = t(`picture.${kind}`);
    const form = element(html`<form class="said editing"><h3>${name}</h3><textarea rows="${kind === "ocr" ? 6 : 2}" maxlength="20000" aria-label="${name}" placeholder="${t(`picture.${kind}.add`)}"></textarea>
      <p class="acts"><button class="first">${t("picture.save")}</button><button type="button" class="leave">${t("picture.leave")}</button></p></form>`);
    const old = this.querySelector(`section[data-kind=${kind}], button[data-edit=${kind}]`);
    if (!old) return;
    old.replaceWith(form);
    const area = one(form, "textarea");
    area.value = before;
    area.focus();
    area.select();
    const leave = () => {
      form.replaceWith(old);
      /** @type {HTMLElement} */ (old.matches("button") ? old : old.querySelector("button")).focus();
    };
    const save = () => (area.value.trim() === before.trim() ? leave() : tell(this, "said", { [FIELDS[kind]]: area.value.trim() }));
    form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
    one(form, ".leave").addEventListener("click", leave);
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation(); // its arrows are not the viewer's
      if (event.key === "Escape") { event.preventDefault(); leave(); }
      if (event.key === "Enter" && (kind !== "ocr" || event.ctrlKey) && !event.shiftKey && !event.isComposing) { event.preventDefault(); save(); }
    });
  }
}

/** @param {number} rating */
function stars(rating) {
  return html`<div class="stars" role="group" aria-label="${t("picture.stars", { n: rating })}">${STARS.map((star) => html`<button type="button" class="round quiet${star <= rating ? " on" : ""}" data-star="${star}" aria-pressed="${star === rating}" aria-label="${t("picture.star", { n: star })}" title="${t("picture.star", { n: star })}">${icon("star")}</button>`)}</div>`;
}

/** @param {import("../types.js").Picture} picture */
function tagged({ texts }) {
  /** @type {Map<string, Text>} */ const tags = new Map();
  for (const text of texts) if (text.kind === "tag" && tags.get(text.text)?.by !== "person") tags.set(text.text, text);
  return html`<section class="said tags"><h3>${t("picture.tags")}</h3><p class="marks">${[...tags.values()].map((tag) => html`<span class="mark${tag.by === "person" ? " own" : ""}" title="${saidBy(tag)}"><button type="button" data-tag="${tag.text}">${tag.text}</button><button type="button" class="drop" data-untag="${tag.text}" aria-label="${t("picture.untag", { tag: tag.text })}">${icon("cross")}</button></span>`)}${tags.size > SHORT + 1 && html`<button type="button" class="rest" aria-expanded="false">${t("picture.tags.all", { n: tags.size - SHORT })}</button>`}</p>
    <form class="tag-form"><input type="text" maxlength="200" aria-label="${t("picture.tag.add")}" placeholder="${t("picture.tag.add")}" autocomplete="off" autocapitalize="off"></form></section>`;
}

/** @param {[string, number][]} labels */
const seen = (labels) => html`<section class="said seen"><h3>${t("picture.objects")}</h3><p class="marks">${labels.map(([label, n]) => html`<button type="button" class="mark thing" data-label="${label}">${label}${n > 1 && html` <b>${n}</b>`}</button>`)}</p></section>`;
customElements.define("picture-words", PictureWords);
