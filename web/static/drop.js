// A picture that is pasted or dropped anywhere on the page.

/** @param {(picture: File) => void} use */
export function acceptPictures(use) {
  let within = 0; // the page's own pictures may be dragged out, not in
  let own = false;
  const over = (/** @type {boolean} */ is) => document.body.classList.toggle("dropping", is);
  const holdsFile = (/** @type {DragEvent} */ event) => !own && event.dataTransfer?.types.includes("Files");

  addEventListener("dragstart", () => (own = true));
  addEventListener("dragend", () => (own = false));
  addEventListener("dragenter", (event) => { if (holdsFile(event)) over(++within > 0); });
  addEventListener("dragleave", (event) => { if (holdsFile(event)) over(--within > 0); });
  addEventListener("dragover", (event) => { if (holdsFile(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    over(((within = 0), false));
    const file = event.dataTransfer.files[0];
    if (file) use(file);
  });
  addEventListener("paste", (event) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    use(file);
  });
}
