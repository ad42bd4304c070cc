// Paints where in a picture something is seen: that keeps its colours, and the picture below is dimmed by the style sheet.

const GREY = 0.5; // as in what `imsearch where --draw` draws
const COLOUR = 0.9;
const LONGEST = 1024;

/** @param {HTMLCanvasElement} canvas @param {HTMLImageElement} picture @param {import("../types.js").Where} found */
export function paint(canvas, picture, { rows, columns, relative }) {
  const mask = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  const cells = new ImageData(columns, rows);
  relative.flat().forEach((value, at) => { cells.data[4 * at + 3] = (255 * (value - GREY)) / (COLOUR - GREY); }); // clamped
  mask.getContext("2d").putImageData(cells, 0, 0);
  const scale = Math.min(1, LONGEST / Math.max(picture.naturalWidth, picture.naturalHeight));
  canvas.width = Math.max(1, Math.round(scale * picture.naturalWidth));
  canvas.height = Math.max(1, Math.round(scale * picture.naturalHeight));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(mask, 0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-in";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
}
