// <picture-detail>: one picture, big, with everything known of it.
// Events: "shut", "step" (detail: 1 or -1), "similar" (detail: id), "where" (detail: id; answered by `where` or `wrong`),
// "open" (detail: id), "mark" (detail: a term of the query), "unveiled" (a blurred picture was asked to be shown).
import { one } from "../dom.js";
import { html } from "../html.js";
import { alternative, unveil, veiled } from "../veil.js";
import { explained, place, size, when } from "../words.js";
import { paint } from "./relevance.js";

/** @type {Record<string, string>} */ const KINDS = { ocr: "Words in it", caption: "Caption", tag: "Tag", note: "Note" };

class PictureDetail extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.shown = this.querySelector("img");
    const on = (/** @type {string} */ what, /** @type {(event: MouseEvent) => void} */ act) => one(this, what).addEventListener("click", act);
    on(".shut", () => this.dialog.close());
    on(".before", () => this.tell("step", -1));
    on(".after", () => this.tell("step", 1));
    on(".similar", () => this.tell("similar", this.picture.id));
    this.map = this.querySelector("canvas");
    this.asking = one(this, ".where");
    on(".where", () => {
      if (!this.map.hidden) return this.plain();
      this.asking.setAttribute("aria-busy", "true");
      this.tell("where", this.picture.id);
    });
    on(".unveil", () => {
      unveil(this.picture.id);
      this.veil();
      one(this, ".shut").focus(); // the button that was pressed is gone
      this.tell("unveiled");
    });
    on(".more-like", () => this.tell("mark", `like:${this.picture.id}`));
    on(".less-like", () => this.tell("mark", `-like:${this.picture.id}`));
    on(".facts", (/** @type {MouseEvent} */ event) => {
      const link = /** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest("a[data-id]"));
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.tell("open", Number(link.dataset.id));
    });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
    this.dialog.addEventListener("close", () => { this.shown.removeAttribute("src"); this.tell("shut"); });
    this.dialog.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (way && !event.altKey && !event.ctrlKey && !event.metaKey) this.tell("step", way);
    });
    this.shown.addEventListener("error", () => {
      if (this.shown.getAttribute("src") === this.picture.thumbnail) return;
      this.shown.src = this.picture.thumbnail;
      one(this, ".gone").hidden = false;
    });
  }

  /** @param {string} name @param {unknown} [detail] */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  /**
   * @param {import("../types.js").Picture} picture
   * @param {{hit?: import("../types.js").Hit, byPicture: boolean, byWords: boolean, first: boolean, last: boolean}} among its place in the results; what was asked by
   */
  open(picture, { hit, byPicture, byWords, first, last }) {
    this.picture = picture;
    this.plain();
    this.locatable = byWords && Boolean(hit?.signals.dense);
    one(this, "h2").textContent = picture.name;
    one(this, ".gone").hidden = true;
    this.shown.width = picture.width;
    this.shown.height = picture.height;
    this.veil();
    for (const part of [this.shown, this.map]) {
      part.style.setProperty("--ratio", String(picture.width / picture.height));
      part.style.setProperty("--wide", `${picture.width}px`);
    }
    this.shown.style.backgroundImage = `url("${picture.thumbnail}")`; // seen until the file itself is there
    this.shown.src = picture.file;
    one(this, ".original").href = picture.file;
    one(this, ".less-like").hidden = !byPicture && !byWords; // of all pictures, those least like one say nothing
    one(this, ".before").disabled = first;
    one(this, ".after").disabled = last;
    one(this, ".facts").innerHTML = String(facts(picture, hit, byPicture));
    for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-hex]"))) swatch.style.backgroundColor = swatch.dataset.hex;
    if (!this.dialog.open) this.dialog.showModal();
    for (const part of [this.dialog, one(this, ".side")]) part.scrollTop = 0;
  }

  /** Blur the picture, where it is to be; a map over it would show it. */
  veil() {
    const hide = veiled(this.picture);
    one(this, ".stage").classList.toggle("blurred", hide);
    one(this, ".unveil").hidden = !hide;
    one(this, ".unveil").setAttribute("aria-label", `Show the picture (${this.picture.category}?)`);
    this.shown.alt = alternative(this.picture, this.picture.name);
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

  /** Say why there is no map. @param {string} reason */
  wrong(reason) {
    this.plain();
    one(this, ".wrong").textContent = reason;
    one(this, ".wrong").hidden = false;
  }

  shut() {
    if (this.dialog.open) this.dialog.close();
  }
}

/** @param {import("../types.js").Picture} picture @param {import("../types.js").Hit | undefined} hit @param {boolean} byPicture */
function facts(picture, hit, byPicture) {
  const rows = [
    ...picture.texts.map((text) => [KINDS[text.kind] ?? text.kind, html`<span class="text">${text.text}</span>`]),
    ["Found by", hit && Object.keys(hit.signals).length && html`${explained(hit, byPicture).map((line) => html`<span class="line">${line}</span>`)}`],
    ["Much alike", hit && hit.folded.length && html`<span class="alike">${hit.folded.map((copy) => html`<a data-id="${copy.id}" href="/?show=${copy.id}"${veiled(copy) && html` class="blurred"`}><img src="/api/v1/pictures/${copy.id}/thumbnail" alt="${alternative(copy, copy.path.split("/").pop())}" title="${copy.path}"></a>`)}</span>`],
    ["Judged as", picture.blurred && `${picture.category}? (${Math.round(100 * picture.moderation[picture.category])} %, a machine's guess)`],
    ["Folder", picture.folder],
    ["Size", `${picture.width} × ${picture.height}, ${size(picture.size)}, ${picture.format.toUpperCase()}`],
    ["Taken", picture.taken_at && when(picture.taken_at)],
    ["Camera", picture.camera],
    ["Lens", picture.lens],
    ["Place", picture.latitude !== null && picture.longitude !== null && place(picture.latitude, picture.longitude)],
    ["Colours", picture.colours.length && html`<span class="swatches">${picture.colours.map((c) => html`<span class="swatch" data-hex="${c.hex}" role="img" aria-label="${c.name}" title="${c.name}, ${Math.round(c.share * 100)} %"></span>`)}</span>`],
    ["Indexed", picture.added_at && when(picture.added_at)],
    ["Number", String(picture.id)],
  ];
  return html`${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}`;
}
customElements.define("picture-detail", PictureDetail);
