// Pictures that somebody may rather not see, blurred until they are asked to be shown; then shown until the page is left.
import { t } from "./messages.js";

/** @type {Set<number>} */
const unveiled = new Set();

/** @typedef {import("./types.js").Veiled & {id: number}} Maybe */

/** @param {Maybe} picture */
export const veiled = (picture) => picture.blurred && !unveiled.has(picture.id);

/** What is said of a picture to who cannot see it. @param {Maybe} picture @param {string} name */
export const alternative = (picture, name) => (veiled(picture) ? t("card.veiled", { category: picture.category }) : name);

/** @param {number} id */
export const unveil = (id) => unveiled.add(id);
