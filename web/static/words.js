// Numbers and signals as words.

// The rarer a signal, the more it says: in this order.
const SIGNALS = { note: "note", tag: "tag", object: "object", caption: "caption", text: "words", name: "name", dense: "meaning" };
const ORDER = Object.keys(SIGNALS);

/** @param {string} name @param {boolean} byPicture */
const called = (name, byPicture) => (name === "dense" && byPicture ? "looks" : (SIGNALS[name] ?? name));

/** @param {number} n */
export function ordinal(n) {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[n % 10] ?? "th");
  return `${n.toLocaleString("en")}${ending}`;
}

/** Why a picture is here, in few words, and how many are folded under it; a weak one is not here for its meaning. @param {import("./types.js").Hit} hit @param {boolean} byPicture */
export function reasons(hit, byPicture) {
  const names = Object.keys(hit.signals).filter((name) => !(hit.weak && name === "dense"));
  names.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const by = names.length ? `by ${names.map((name) => called(name, byPicture)).join(", ")}` : "";
  return [hit.folded.length && `and ${hit.folded.length} much alike`, by].filter(Boolean).join(" · ");
}

/** The same with places, a sentence each. @param {import("./types.js").Hit} hit @param {boolean} byPicture */
export const explained = (hit, byPicture) =>
  Object.entries(hit.signals).map(([name, { rank, score, share }]) => {
    const place = rank === 1 ? "the best of all" : `${ordinal(rank)} best`;
    const part = share < 0.995 ? `, ${Math.round(100 * share)} % of why it stands here` : "";
    return `${name === "text" ? "words in it" : called(name, byPicture)}: ${place}${name === "dense" ? `, similarity ${score.toFixed(2)}` : ""}${part}`;
  });

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, name] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / unit).toLocaleString("en", { maximumSignificantDigits: 3 })} ${name}`;
}

/** "2024-05-06T07:08:09+02:00" as written by the camera, without its seconds. @param {string} moment */
export function when(moment) {
  const [day, time = ""] = moment.split("T");
  const [year, month, date] = day.split("-").map(Number);
  const written = new Date(Date.UTC(year, month - 1, date)).toLocaleDateString(undefined, { dateStyle: "long", timeZone: "UTC" });
  return time ? `${written}, ${time.slice(0, 5)}` : written;
}

/** @param {number} latitude @param {number} longitude */
export const place = (latitude, longitude) =>
  `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? "W" : "E"}`;

/** What was found, in one line. @param {import("./types.js").Found} found @param {import("./types.js").State} state */
export function summary(found, state) {
  const shown = found.hits.length;
  const told = [found.note, found.advice].filter(Boolean).join(" ");
  if (!shown) return told;
  const searched = state.q.trim() || state.like !== null || state.upload !== null;
  if (!searched) return `Your pictures, ${{ oldest: "oldest first", diverse: "varied" }[state.order] ?? "newest first"}`;
  const likely = found.hits.filter((hit) => !hit.weak).length;
  const counted =
    likely === 0 ? "No clear match; these come nearest"
    : likely === shown && found.total > shown ? `The best ${shown.toLocaleString("en")}`
    : likely === 1 ? "1 match" : `${likely.toLocaleString("en")} matches`;
  return [`${counted} · ${Math.max(1, Math.round(found.seconds * 1000))} ms`, told].filter(Boolean).join(" · ");
}
