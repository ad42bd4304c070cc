// Searching by a picture that is given: a file, one at an address of the web, a part of one.
import { nameIn } from "./address.js";
import * as api from "./api.js";
import { on } from "./dom.js";
import { t } from "./messages.js";
import { joined, ofPart } from "./query.js";
import { EMPTY, current } from "./state.js";
import { given, keep, thumbnailOf, written } from "./uploads.js";

/**
 * @param {{box: any, region: any, say: (sentence: string) => void, change: (part: Partial<import("./types.js").State>) => Promise<void>,
 *   asks: () => boolean}} page `asks`: whether something is searched for
 */
export function examples({ box, region, say, change, asks }) {
  /** A new example begins a new search; words may then be added to it. @param {File} file @param {string} [words] that stood beside its address */
  async function byExample(file, words = "") {
    const most = Number(document.body.dataset.mostBytes);
    if (file.size > most) return say(t("upload.big", { name: file.name, n: most / 1e6 }));
    say(t("upload.sending", { name: file.name }));
    try {
      const { upload: key, width, height } = await api.give(file);
      keep(key, { name: file.name, width, height });
      await change({ q: joined([words, written(key)]), mode: EMPTY.mode });
    } catch (error) {
      if (!api.overtaken(error)) box.fault = error.message;
      say("");
    }
  }

  /** Search by the picture at an address of the web. @param {string} url @param {string} [words] */
  async function byAddress(url, words) {
    box.fault = "";
    say(t("upload.fetching", { host: new URL(url).host }));
    try {
      const picture = await api.fetched(url);
      await byExample(new File([picture], nameIn(url), { type: picture.type }), words);
    } catch (error) {
      if (!api.overtaken(error)) box.fault = error.message;
      say("");
    }
  }

  /** Choose a part of a picture to search by. @param {{id?: number, upload?: string | null, text?: string}} which */
  async function choosePart({ id, upload = null, text = "" }) {
    try {
      const { name, width, height, file } = upload ? { ...given(upload), file: thumbnailOf(upload) } : await api.picture(id);
      const part = /@([\d,]+)$/.exec(text)?.[1].split(",").map(Number);
      region.open({ example: upload ? written(upload) : `like:${id}`, source: file, width, height, name }, { box: part, searching: asks() });
    } catch (error) {
      if (!api.overtaken(error)) say(error.message);
    }
  }

  on(region, "region", ({ example, box: part, add }) => change({ q: ofPart(current().q, example, part, add), mode: EMPTY.mode }));
  return { byExample, byAddress, choosePart };
}
