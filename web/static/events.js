// Server-sent events out of the pieces in which an answer to `fetch` comes. Pure.

/** @typedef {{event: string, data: any}} Event */

/** Takes text as it comes and gives the events that are whole. @returns {(text: string) => Event[]} */
export function eventsOf() {
  let rest = "";
  return (text) => {
    const parts = (rest + text.replaceAll("\r", "")).split("\n\n");
    rest = parts.pop();
    return parts.map(eventOf).filter(Boolean);
  };
}

/** @param {string} part @returns {Event | null} */
function eventOf(part) {
  let event = "message";
  const data = [];
  for (const line of part.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null; // a line of comment keeps the connection
}

/** An answer's pieces: words and the pictures they name, "[2]" or "[1, 3]". @param {string} text @param {number} count of pictures @returns {(string | number)[]} */
export function cited(text, count) {
  /** @type {(string | number)[]} */ const made = [];
  let from = 0;
  for (const found of text.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)) {
    const numbers = found[1].split(",").map(Number).filter((number) => number >= 1 && number <= count);
    if (!numbers.length) continue;
    made.push(text.slice(from, found.index), ...numbers);
    from = found.index + found[0].length;
  }
  return [...made, text.slice(from)].filter((part) => part !== "");
}
