// The page: one box, one grid, one viewer. Its state is the address; back and forward work.
import { searchByPicture, searchByWords, detail } from "./api.js";
import { html } from "./html.js";

const box = document.querySelector("input[type=search]");
const file = document.querySelector("input[type=file]");
const grid = document.querySelector("main");
const status = document.querySelector(".status");
const viewer = document.querySelector("dialog");
const WORDS = { dense: "meaning", text: "words in it" };

/** @param {{hits: any[], total: number, seconds: number}} found */
function paint(found) {
  let divided = false;
  const cards = found.hits.map((hit, at) => {
    const why = Object.entries(hit.signals).map(([name, signal]) => `${WORDS[name] ?? name} #${signal.rank}`).join(" · ");
    const divider = hit.weak && !divided ? html`<h2 class="divider">${at ? "Weaker matches" : "No good match; the nearest are"}</h2>` : "";
    divided ||= hit.weak;
    return divider + html`<a class="hit${hit.weak ? " weak" : ""}" href="/api/v1/pictures/${hit.id}/file" data-id="${hit.id}">
      <img src="${hit.thumbnail}" width="${hit.width}" height="${hit.height}" alt="${hit.name}" loading="lazy"><span class="why">${why}</span></a>`;
  });
  grid.innerHTML = cards.join("");
  status.textContent = found.note || (found.hits.length ? `${found.total} ranked in ${Math.round(found.seconds * 1000)} ms` : "Nothing was found.");
}

/** Run a search; the words of a failure are shown, an overtaken one is forgotten. @param {() => Promise<any>} search */
async function run(search) {
  try {
    paint(await search());
  } catch (error) {
    if (error.name !== "AbortError") status.textContent = error.message;
  }
}

const fromAddress = () => {
  const asked = new URLSearchParams(location.search);
  box.value = asked.get("q") ?? "";
  return run(() => searchByWords(asked));
};

let waiting;
box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const asked = new URLSearchParams(box.value ? { q: box.value } : {});
    history.replaceState(null, "", `?${asked}`);
    run(() => searchByWords(asked));
  }, 180);
});
addEventListener("popstate", fromAddress);
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  history.pushState(null, "", `?${new URLSearchParams({ q: box.value })}`);
  fromAddress();
});

const byPicture = (/** @type {File | undefined} */ picture) => picture && run(() => searchByPicture(picture, box.value));
file.addEventListener("change", () => byPicture(file.files[0]));
addEventListener("paste", (event) => byPicture(event.clipboardData.files[0]));
addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("dropping"); });
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", (event) => { event.preventDefault(); document.body.classList.remove("dropping"); byPicture(event.dataTransfer.files[0]); });

async function open(/** @type {HTMLElement} */ card) {
  const picture = await detail(card.dataset.id);
  viewer.dataset.id = card.dataset.id;
  const shown = viewer.querySelector("img");
  shown.src = `/api/v1/pictures/${picture.id}/file`;
  shown.alt = picture.name;
  const lines = [picture.path, `${picture.width} × ${picture.height} ${picture.format}`, picture.exif.taken_at, picture.exif.camera,
    ...picture.texts.map((text) => `${text.kind} (${text.model}): ${text.text}`)];
  viewer.querySelector(".detail").innerHTML = html`<p>${lines.filter(Boolean).join("\n")}</p><a href="/?like=${picture.id}">More like this</a>`;
  if (!viewer.open) viewer.showModal();
}
grid.addEventListener("click", (event) => {
  const card = event.target.closest(".hit");
  if (!card || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(card);
});
viewer.querySelector(".close").addEventListener("click", () => viewer.close());
viewer.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const cards = [...grid.querySelectorAll(".hit")];
  const next = cards[cards.findIndex((card) => card.dataset.id === viewer.dataset.id) + step];
  if (next) open(next);
});
