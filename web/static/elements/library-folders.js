// <library-folders>: the folders that are indexed; look at them again, or add one.
import * as api from "../api.js";
import { one } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { lastPart } from "../jobs.js";
import { t } from "../messages.js";
import { begun } from "./job-list.js";
import { toast } from "./page-toast.js";

class LibraryFolders extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="titled"><h2>${t("folders.title")}</h2><button type="button" class="every">${icon("again")}${t("folders.all")}</button></div>
      <ul class="rows"></ul>
      <details><summary>${t("folders.add")}</summary><form class="fields">
        <label class="field wide"><span>${t("folders.path")}</span><input name="folder" required maxlength="4096" autocomplete="off" spellcheck="false" placeholder="/home/me/Pictures"></label>
        <label class="tickbox"><input type="checkbox" name="ocr" class="switch" checked>${t("folders.ocr")}</label>
        <p class="wrong" role="alert"></p><button class="first">${t("folders.index")}</button></form></details></div>`).children);
    one(this, ".every").addEventListener("click", () => this.#start("jobs", { kind: "index" }));
    one(this, "ul").addEventListener("click", (/** @type {MouseEvent & {target: HTMLElement}} */ { target }) => {
      const button = target.closest("button");
      if (button) this.#start("jobs", { kind: "index", folders: [button.dataset.folder] });
    });
    one(this, "form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.target);
      const given = new FormData(form);
      if (await this.#start("folders", { folders: [String(given.get("folder")).trim()], ocr: given.has("ocr") })) { form.reset(); one(this, "details").open = false; }
    });
    this.load();
  }

  async load() {
    try {
      const all = await api.read("folders");
      one(this, ".every").hidden = !all.length;
      one(this, "details").open ||= !all.length;
      one(this, "ul").replaceChildren(...all.map((/** @type {{path: string, pictures: number, online: boolean}} */ folder) => row(folder)));
    } catch (error) {
      if (!api.overtaken(error)) toast(error.message);
    }
  }

  /** @param {string} path @param {object} asked */
  async #start(path, asked) {
    one(this, ".wrong").textContent = "";
    try {
      await api.send("POST", path, asked);
      begun();
      return true;
    } catch (error) {
      if (path === "folders") one(this, ".wrong").textContent = error.message;
      else toast(error.message);
      return false;
    }
  }
}

/** @param {{path: string, pictures: number, online: boolean}} folder */
const row = ({ path, pictures, online }) => element(html`<li class="folder">${icon("folder")}<div class="what"><b>${lastPart(path)}</b><p>${path}</p></div>
  <span class="count">${online ? t("folders.count", { n: pictures }) : t("folders.away", { n: pictures })}</span>
  <button type="button" class="round quiet" data-folder="${path}" aria-label="${t("folders.again", { name: lastPart(path) })}" title="${t("folders.again", { name: lastPart(path) })}">${icon("again")}</button></li>`);
customElements.define("library-folders", LibraryFolders);
