// The address of a picture on the web, in what was typed, pasted or dragged here from another site's page.

const ALONE = /(?<=^|\s)https?:\/\/[^\s"]+(?=\s|$)/i;

/** The first web address in a line, and the words beside it. @param {string} line @returns {{url: string, rest: string} | null} */
export function addressIn(line) {
  const url = ALONE.exec(line)?.[0];
  if (!url || !URL.canParse(url)) return null;
  return { url, rest: line.replace(url, " ").replace(/\s+/g, " ").trim() };
}

/** What a picture from there may be called: its file's name, or the site's. @param {string} url */
export function nameIn(url) {
  const { pathname, hostname } = new URL(url);
  const last = pathname.split("/").filter(Boolean).at(-1) ?? hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a % that stands for itself
  }
}

/** The address of what is dragged: a picture that is a link carries the link's address, and its own in its markup. @param {DataTransfer} carried */
export function dragged(carried) {
  const markup = new DOMParser().parseFromString(carried.getData("text/html"), "text/html"); // nothing in it is loaded or run
  const source = markup.querySelector("img")?.getAttribute("src") ?? "";
  const listed = carried.getData("text/uri-list").split(/\r?\n/).filter((line) => !line.startsWith("#"));
  return [source, ...listed].map((text) => addressIn(text)?.url).find(Boolean) ?? null;
}
