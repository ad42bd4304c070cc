// What the palette offers. Parts of the page put theirs here; some are known only when it is opened.

/** @typedef {{says: string, key?: string, hint?: string, run: () => void}} Command */

/** @type {((typed: string) => Command[] | Promise<Command[]>)[]} */ const sources = [];

/** @param {(typed: string) => Command[] | Promise<Command[]>} source */
export const offer = (source) => sources.push(source);

/** Everything on offer. A source that fails offers nothing. @param {string} typed @returns {Promise<Command[]>} */
export async function offered(typed) {
  const all = await Promise.all(sources.map(async (source) => {
    try {
      return await source(typed);
    } catch {
      return [];
    }
  }));
  return all.flat();
}

/** How well a text answers what is typed: the start, a word's start, letters in order; 0 where not at all. @param {string} text @param {string} typed */
export function fits(text, typed) {
  const said = text.toLowerCase(), wanted = typed.trim().toLowerCase();
  if (!wanted) return 1;
  if (said.startsWith(wanted)) return 4;
  if (said.includes(` ${wanted}`)) return 3;
  if (said.includes(wanted)) return 2;
  let at = 0;
  for (const letter of said) if (letter === wanted[at]) at++;
  return wanted.length > 2 && at === wanted.length ? 1 : 0;
}

/** The fitting ones, best first. @template {{says: string}} T @param {T[]} all @param {string} typed @returns {T[]} */
export const sifted = (all, typed) =>
  all.map((one) => ({ one, fit: fits(one.says, typed) })).filter(({ fit }) => fit).sort((a, b) => b.fit - a.fit).map(({ one }) => one);
