// <picture-paper>: one picture as large as its room: its file, or its thumbnail until that comes and where it cannot be
// had; a map of where something is seen over it; and the layers. Event: "gone" (the file is not there).
import { one, tell } from "../dom.js";
import { element, html } from "../html.js";
import { paint } from "./relevance.js";

class PicturePaper extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(...element(html`<div><img alt="" draggable="false"><canvas hidden></canvas><picture-layers></picture-layers></div>`).children);
    this.shown = this.querySelector("img");
    this.map = this.querySelector("canvas");
    this.layers = one(this, "picture-layers");
    this.shown.addEventListener("error", () => {
      if (!this.shown.getAttribute("src") || this.shown.getAttribute("src") === this.picture.thumbnail) return;
      this.shown.src = this.picture.thumbnail;
      tell(this, "gone");
    });
  }

  /** @param {import("../types.js").Picture} picture */
  show(picture) {
    this.picture = picture;
    this.shown.style.backgroundImage = `url("${picture.thumbnail}")`; // seen until the file itself is there
    this.shown.src = picture.file;
  }

  /** Resolves once it is there, or cannot come. */
  seen() {
    return this.shown.decode().catch(() => {});
  }

  away() {
    this.shown.removeAttribute("src");
  }

  /** @param {string} text for who cannot see it */
  set alt(text) {
    this.shown.alt = text;
  }

  get mapped() {
    return !this.map.hidden;
  }

  /** Keep in colour where something is seen; whether that could be done. @param {import("../types.js").Where | null} found null: the plain picture */
  async where(found) {
    const { picture } = this;
    this.map.hidden = true;
    if (!found) return false;
    await this.seen(); // the file may still be on its way, or be replaced by its thumbnail
    if (this.picture !== picture || !this.shown.naturalWidth) return false;
    paint(this.map, this.shown, found);
    this.map.hidden = false;
    return true;
  }
}
customElements.define("picture-paper", PicturePaper);
