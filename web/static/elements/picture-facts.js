// What is known of a picture that nobody edits: why it was found, when and where it was taken, with what, its file.
import { html } from "../html.js";
import { t } from "../messages.js";
import { alternative, veiled } from "../veil.js";
import { explained, place, size, when } from "../words.js";

/** @typedef {import("../types.js").Picture} Picture */
/** @typedef {import("../types.js").Hit} Hit */

/** @param {Picture} picture @param {Hit | undefined} hit @param {boolean} byPicture */
export function facts(picture, hit, byPicture) {
  /** @type {[string, unknown][]} */ const rows = [
    ["found", hit && Object.keys(hit.signals).length > 0 && explained(hit, byPicture).map((line) => html`<span class="line">${line}</span>`)],
    ["alike", hit && hit.folded.length > 0 && html`<span class="alike">${hit.folded.map(copy)}</span>`],
    ["judged", picture.blurred && t("picture.judged.as", { category: picture.category, percent: Math.round(100 * picture.moderation[picture.category]) })],
    ["taken", picture.taken_at ? when(picture.taken_at) : html`${when(picture.moment)}<small>${picture.exif.clock ? t("picture.taken.clock", { clock: when(picture.exif.clock) }) : t("picture.taken.file")}</small>`],
    ["camera", picture.camera && html`${picture.camera}${picture.lens && html`<small>${picture.lens}</small>`}`],
    ["place", picture.latitude !== null && picture.longitude !== null && html`${picture.place || coordinates(picture)} <small>${picture.place && html`${coordinates(picture)} · `}<a href="${picture.map}" target="_blank" rel="noopener noreferrer">${t("picture.map")}</a></small>`],
    ["file", html`${picture.width} × ${picture.height} · ${size(picture.size)} · ${picture.format.toUpperCase()}<small>${picture.folder}</small>`],
    ["colours", picture.colours.length > 0 && html`<span class="swatches">${picture.colours.map((c) => html`<span class="swatch" data-hex="${c.hex}" role="img" aria-label="${c.name}" title="${c.name}, ${Math.round(c.share * 100)} %"></span>`)}</span>`],
    ["indexed", html`${picture.added_at && when(picture.added_at)}<small>${t("picture.number", { n: String(picture.id) })}</small>`],
  ];
  return html`${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${t(`picture.${name}`)}</dt><dd>${value}</dd></div>`)}`;
}

/** @param {Picture} picture */
const coordinates = ({ latitude, longitude }) => place(latitude, longitude);

/** @param {Hit["folded"][number]} one */
const copy = (one) => html`<a data-id="${one.id}" href="/?show=${one.id}"${veiled(one) && html` class="blurred"`}><img src="/api/v1/pictures/${one.id}/thumbnail" alt="${alternative(one, one.path.split("/").pop())}" title="${one.path}"></a>`;
