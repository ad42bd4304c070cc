// Every sentence of the page comes from one table, messages/LANGUAGE.json: another language is another file.

/** @typedef {Record<string, string | Record<string, string>>} Table a text, or one for each plural form of {n} */

/** @type {Table} */ let table = {};
export let language = "en";

/** @param {Table} given @param {string} [tongue] */
export function speak(given, tongue = "en") {
  table = given;
  language = tongue;
}

/** The text of this name, with {values} put in. @param {string} name @param {Record<string, string | number>} [values] @returns {string} */
export function t(name, values = {}) {
  const found = table[name];
  if (found === undefined) return name;
  const text = typeof found === "string" ? found : (found[new Intl.PluralRules(language).select(Number(values.n))] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (whole, key) => {
    const value = values[key];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

/** A list as people write it: "a, b and c". @param {string[]} parts */
export const listed = (parts) => new Intl.ListFormat(language, { style: "long", type: "unit" }).format(parts);

// the page carries its table with it, so that nothing waits for it
if (globalThis.document) {
  const given = document.getElementById("messages");
  if (given) speak(JSON.parse(given.textContent), document.documentElement.lang);
}
