// Numbers, days and signals as words.
import { html } from "./html.js";
import { language, t } from "./messages.js";

/** @typedef {import("./types.js").Hit} Hit */

// The rarer a signal, the more it says: in this order.
const ORDER = ["note", "tag", "object", "caption", "text", "name", "place", "dense", "look"];

/** @param {string} name @param {boolean} byPicture */
const called = (name, byPicture) => t(name === "dense" && byPicture ? "signal.looks" : `signal.${name}`);

/** @param {number} n */
export function ordinal(n) {
  const ending = new Intl.PluralRules(language, { type: "ordinal" }).select(n);
  return t(`ordinal.${ending}`, { n });
}

/** Why a picture is here, in few words, and how many are folded under it; a weak one is not here for its meaning. @param {Hit} hit @param {boolean} byPicture */
export function reasons(hit, byPicture) {
  const names = Object.keys(hit.signals).filter((name) => !(hit.weak && name === "dense"));
  names.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const by = names.length ? t("why.by", { signals: names.map((name) => called(name, byPicture)).join(", ") }) : "";
  const said = [hit.folded.length && t("why.folded", { n: hit.folded.length }), by].filter(Boolean).join(" · ");
  const match = hit.matches?.find(({ kind }) => kind !== "name" && kind !== "folder");
  return html`${said}${match && html` · “${excerpt(match)}”`}`;
}

const AROUND = 24; // letters beside what is marked

/** The words that were found, marked, and what stands beside them. @param {import("./types.js").Match} match */
export function excerpt({ text, spans }) {
  const letters = [...text]; // places are counted in code points
  const from = Math.max(0, (spans[0]?.[0] ?? 0) - AROUND), to = Math.min(letters.length, (spans[0]?.[1] ?? 0) + AROUND);
  let at = from;
  const parts = [from > 0 && "…"];
  for (const [begin, end] of spans) {
    if (begin < at || end > to) continue;
    parts.push(letters.slice(at, begin).join(""), /** @type {any} */ (html`<mark>${letters.slice(begin, end).join("")}</mark>`));
    at = end;
  }
  return html`${parts}${letters.slice(at, to).join("")}${to < letters.length && "…"}`;
}

/** The same with places, a sentence each. @param {Hit} hit @param {boolean} byPicture */
export const explained = (hit, byPicture) =>
  Object.entries(hit.signals).map(([name, { rank, score, share }]) => {
    const place = rank === 1 ? t("why.first") : t("why.nth", { nth: ordinal(rank) });
    const near = name === "dense" ? t("why.similarity", { score: score.toFixed(2) }) : "";
    const part = share < 0.995 ? t("why.share", { percent: Math.round(100 * share) }) : "";
    return `${name === "text" ? t("signal.text.long") : called(name, byPicture)}: ${[place, near, part].filter(Boolean).join(", ")}`;
  });

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return t("size.bytes", { n: bytes });
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / unit).toLocaleString(language, { maximumSignificantDigits: 3 })} ${name}`;
}

/** "2024-05-06T07:08:09+02:00" as written by the camera, without its seconds. @param {string} moment */
export function when(moment) {
  const [day, time = ""] = moment.split("T");
  const written = dated(day, { dateStyle: "long" });
  return time ? `${written}, ${time.slice(0, 5)}` : written;
}

/** @param {string} day YYYY-MM-DD @param {Intl.DateTimeFormatOptions} how */
function dated(day, how) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date || 1)).toLocaleDateString(language, { ...how, timeZone: "UTC" });
}

/** @param {string} day YYYY-MM-DD */
export const dayName = (day) => dated(day, { weekday: "short", day: "numeric", month: "long", year: "numeric" });

/** @param {string} month YYYY-MM */
export const monthName = (month) => dated(month, { month: "long", year: "numeric" });

/** @param {string} path */
export const folderName = (path) => path.split("/").filter(Boolean).slice(-2).join(" / ") || t("group.nowhere");

/** @param {number} latitude @param {number} longitude @param {number} [digits] */
export const place = (latitude, longitude, digits = 4) =>
  `${Math.abs(latitude).toFixed(digits)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(longitude).toFixed(digits)}° ${longitude < 0 ? "W" : "E"}`;

/** Who said something: person, file, import, concept or model. @param {string} by @param {string} model */
export const signed = (by, model) => t(`by.${by}`, { model: model.replace(/^concept:/, "").replace(/:.*\//, ": ") });

/** Who said something, and when. @param {{model: string, by: string, created_at: string}} said */
export function saidBy({ model, by, created_at }) {
  const day = created_at ? dated(created_at.slice(0, 10), { dateStyle: "medium" }) : "";
  return t(day ? "by.when" : "by.plain", { who: signed(by, model), day });
}

/** A time of this library's own, where the reader is. @param {string} at with its zone, or "" */
export const clock = (at) => (at ? new Date(at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) : "");

/** What was found, in one line. @param {import("./results.js").Results} results */
export function summary(results) {
  const { hits } = results;
  const told = [results.note, results.advice].filter(Boolean).join(" ");
  if (!hits.length) return told;
  if (!results.asks) return t("status.all", { n: results.total });
  const likely = results.likely;
  const counted =
    likely === 0 ? t("status.none")
    : likely === null ? t("status.best", { n: hits.length })
    : t("status.matches", { n: likely });
  return [`${counted} · ${t("status.time", { n: Math.max(1, Math.round(results.seconds * 1000)) })}`, told].filter(Boolean).join(" · ");
}
