// A picture, or the address of one, that is pasted or dropped anywhere on the page.
import { addressIn, dragged } from "./address.js";

/** @param {(picture: File) => void} use @param {(url: string) => void} fetched what is done with an address */
export function acceptPictures(use, fetched) {
  let within = 0; // the page's own pictures may be dragged out, not in
  let own = false;
  const over = (/** @type {boolean} */ is) => document.body.classList.toggle("dropping", is);
  const holds = (/** @type {DragEvent} */ { dataTransfer }) => !own && (dataTransfer?.types.includes("Files") || dataTransfer?.types.includes("text/uri-list"));

  addEventListener("dragstart", () => (own = true));
  addEventListener("dragend", () => (own = false));
  addEventListener("dragenter", (event) => { if (holds(event)) over(++within > 0); });
  addEventListener("dragleave", (event) => { if (holds(event)) over(--within > 0); });
  addEventListener("dragover", (event) => { if (holds(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    over(((within = 0), false));
    const file = event.dataTransfer.files[0], url = file ? null : dragged(event.dataTransfer);
    if (file) use(file);
    else if (url) fetched(url);
  });
  addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    const writes = /** @type {HTMLElement} */ (event.target).closest("input, textarea"); // words that are pasted there are its own
    const found = writes ? null : addressIn(event.clipboardData?.getData("text/plain").trim() ?? "");
    if (!file && (!found || found.rest)) return;
    event.preventDefault();
    if (file) use(file);
    else fetched(found.url);
  });
}
