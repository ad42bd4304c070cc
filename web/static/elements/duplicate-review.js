// <duplicate-review>: pictures that are there more than once, side by side; the one to keep is suggested, a person decides.
import * as api from "../api.js";
import { on, one } from "../dom.js";
import { element, html } from "../html.js";
import { icon } from "../icons.js";
import { going, share, standing } from "../jobs.js";
import { language, t } from "../messages.js";
import { folderOf } from "../sections.js";
import { alternative, veiled } from "../veil.js";
import { folderName, size, when } from "../words.js";
import "./identical-copies.js";
import { toast } from "./page-toast.js";

const AT_ONCE = 30;
const TIERS = ["identical", "same", "similar"];

/** @typedef {{id: number, path: string, name: string, size: number, width: number, height: number, format: string, taken_at: string | null, thumbnail: string, how: string, spare: boolean} & import("../types.js").Veiled} Copy */
/** @typedef {{tier: string, kind: string, reason: string, pictures: Copy[]}} Group */

class DuplicateReview extends HTMLElement {
  /** @type {Set<string>} */ tiers = new Set(["identical", "same"]);

  connectedCallback() {
    this.replaceChildren(...element(html`<div><div class="titled"><h2>${t("duplicates.title")}</h2><span class="tiers" role="group" aria-label="${t("duplicates.tiers")}">${TIERS.map((tier) => html`<button type="button" data-tier="${tier}" title="${t(`duplicates.${tier}.hint`)}" aria-pressed="${this.tiers.has(tier)}" disabled>${t(`duplicates.${tier}`)} <b></b></button>`)}</span></div>
      <p class="help summary" aria-live="polite"></p><progress hidden aria-label="${t("job.duplicates")}"></progress><identical-copies hidden></identical-copies><div class="groups"></div><button type="button" class="more" hidden>${t("duplicates.more")}</button></div>`).children);
    this.addEventListener("click", (event) => this.#clicked(/** @type {HTMLElement} */ (event.target)));
    on(one(this, "identical-copies"), "changed", () => this.#load(0).catch((error) => { if (!api.overtaken(error)) toast(error.message); }));
    this.#look();
  }

  /** The first look at a big library takes long: as a job it says how far it is. */
  async #look() {
    const summary = one(this, ".summary"), bar = one(this, "progress");
    try {
      const begun = await api.send("POST", "jobs", { kind: "duplicates" });
      bar.hidden = false;
      await new Promise((done, fail) => {
        const events = api.jobs((job) => {
          if (job.id !== begun.id) return;
          summary.textContent = job.state === "queued" ? t("duplicates.waits") : standing(job) || t("job.duplicates");
          const part = share(job);
          if (part !== null) bar.value = part;
          if (going(job)) return;
          events.close();
          if (job.problem) fail(new Error(job.problem));
          else done(job);
        });
      });
      await this.#load(0);
    } catch (error) {
      summary.textContent = error.message;
    } finally {
      bar.hidden = true;
    }
  }

  /** @param {number} offset */
  async #load(offset) {
    const asked = new URLSearchParams([["limit", String(AT_ONCE)], ["offset", String(offset)], ...[...this.tiers].map((tier) => ["tier", tier])]);
    const { groups, counts, spare, bytes, identical, next } = await api.read(`duplicates?${asked}`, "duplicates");
    const place = one(this, ".groups");
    if (!offset) place.replaceChildren();
    place.append(...groups.map((/** @type {Group} */ group) => drawn(group)));
    this.next = next;
    one(this, ".more").hidden = next === null;
    this.#count({ counts, spare, bytes, identical });
  }

  /** @param {{counts: Record<string, number>, spare: number, bytes: number, identical: {pictures: number, bytes: number}}} all */
  #count({ counts, spare, bytes, identical }) {
    one(this, "identical-copies").offer(identical);
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.querySelectorAll("[data-tier]"))) { button.disabled = false; one(button, "b").textContent = counts[button.dataset.tier].toLocaleString(language); }
    one(this, ".summary").textContent = spare ? t("duplicates.spare", { n: spare, size: size(bytes) }) : t("duplicates.none");
  }

  /** A group was decided: the others keep their places. @param {HTMLElement} group */
  async #decided(group) {
    away(group);
    const asked = new URLSearchParams([["limit", "1"], ...[...this.tiers].map((tier) => ["tier", tier])]);
    this.#count(await api.read(`duplicates?${asked}`, "duplicates"));
  }

  /** @param {HTMLElement} target */
  async #clicked(target) {
    const button = target.closest("button");
    const group = /** @type {HTMLElement | null} */ (target.closest(".group"));
    if (!button) return;
    try {
      if (button.dataset.tier) {
        const { tier } = button.dataset;
        if (!this.tiers.delete(tier)) this.tiers.add(tier);
        if (!this.tiers.size) this.tiers.add(tier);
        for (const other of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-tier]"))) other.setAttribute("aria-pressed", String(this.tiers.has(other.dataset.tier)));
        await this.#load(0);
      } else if (button.matches(".more")) await this.#load(this.next);
      else if (button.matches(".best")) choose(group, Number(button.dataset.id));
      else if (button.matches(".keep-all")) await this.#keep(group);
      else if (button.matches(".hide-others")) await this.#hide(group);
    } catch (error) {
      if (!api.overtaken(error)) toast(error.message);
    }
  }

  /** @param {HTMLElement} group */
  async #keep(group) {
    const ids = idsOf(group);
    await api.send("POST", "duplicates/decisions", { keep: ids });
    this.#decided(group).catch((error) => { if (!api.overtaken(error)) toast(error.message); });
    toast(t("duplicates.kept", { n: ids.length }), { says: t("edit.undo"), run: async () => { await api.send("POST", "duplicates/decisions", { ask_again: ids }); await this.#load(0); } });
  }

  /** The others are hidden, not deleted; the one that stays is remembered as the best. @param {HTMLElement} group */
  async #hide(group) {
    const best = Number(one(group, ".copy.chosen").dataset.id), others = idsOf(group).filter((id) => id !== best);
    if (!one(group, ".copy").matches(".chosen")) await api.send("POST", "duplicates/decisions", { best: [best] });
    const { change } = await api.edit(others, { state: "hidden" });
    this.#decided(group).catch((error) => { if (!api.overtaken(error)) toast(error.message); });
    toast(t("choose.hidden", { n: others.length }), change === null ? null : { says: t("edit.undo"), run: async () => { await api.undo(change); await this.#load(0); } });
  }
}

/** @param {HTMLElement} group */
const idsOf = (group) => [.../** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll(".copy"))].map((copy) => Number(copy.dataset.id));

/** The keyboard goes on with the next group. @param {HTMLElement} group */
function away(group) {
  const next = /** @type {HTMLElement | null} */ (group.nextElementSibling ?? group.previousElementSibling);
  group.remove();
  next?.querySelector("button")?.focus();
}

/** @param {HTMLElement} group @param {number} id */
function choose(group, id) {
  for (const copy of /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll(".copy"))) {
    const is = Number(copy.dataset.id) === id;
    copy.classList.toggle("chosen", is);
    copy.querySelector(".best").setAttribute("aria-pressed", String(is));
  }
}

/** @param {Group} group */
function drawn({ tier, kind, reason, pictures }) {
  const best = (/** @type {(copy: Copy) => number} */ of) => Math.max(...pictures.map(of));
  const widest = best(({ width, height }) => width * height), biggest = best((copy) => copy.size);
  const differ = (/** @type {(copy: Copy) => number} */ of) => new Set(pictures.map(of)).size > 1;
  const mark = (/** @type {boolean} */ is, /** @type {unknown} */ text) => (is ? html`<b>${text}</b>` : html`${text}`);
  return element(html`<section class="group" aria-label="${t(`duplicates.${tier}`)}">
    <div class="titled"><p><b>${t(`duplicates.${tier}.group`, { n: pictures.length })}</b> <span>${reason}</span></p><span class="acts"><button type="button" class="keep-all">${t("duplicates.keep")}</button>${kind === "copies" && html`<button type="button" class="${tier === "similar" ? "" : "first "}hide-others">${t("duplicates.hide", { n: pictures.length - 1 })}</button>`}</span></div>
    <ul class="copies">${pictures.map((copy, at) => html`<li class="copy${at ? "" : " chosen"}" data-id="${copy.id}"><a href="/?show=${copy.id}"${veiled(copy) && html` class="blurred"`}><img src="${copy.thumbnail}&size=512" alt="${alternative(copy, copy.name)}" loading="lazy"></a>
      <div class="told"><b title="${copy.path}">${copy.name}</b><p title="${copy.path}">${folderName(folderOf(copy.path))}</p><p>${mark(differ(({ width, height }) => width * height) && copy.width * copy.height === widest, `${copy.width} × ${copy.height}`)} · ${mark(differ((copied) => copied.size) && copy.size === biggest, size(copy.size))} · ${copy.format.toUpperCase()}</p><p>${copy.taken_at && when(copy.taken_at)}</p><p>${copy.how}</p></div>
      <button type="button" class="best" data-id="${copy.id}" aria-pressed="${!at}">${icon("check")}${t("duplicates.best")}</button></li>`)}</ul></section>`);
}
customElements.define("duplicate-review", DuplicateReview);
