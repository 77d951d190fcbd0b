// The demo: one page over the API.

import { shown } from "./answer.js";
import { call } from "./api.js";
import { connectKey } from "./api_key.js";
import { connectCurl } from "./curl.js";
import { byId } from "./dom.js";
import { showExamples } from "./examples.js";
import { connectFilters, loadChoices, readFilters, showTypes } from "./filters.js";
import { connectImport } from "./import.js";
import { connectBox } from "./search_box.js";
import { connectSuggestions } from "./suggestions.js";
import { connectTaste, rate } from "./taste.js";
import { connectViews, currentView, go, goTo, refresh, showAddress } from "./views.js";
import { number } from "./words.js";

let isCardRated = false; // then the list stays as it is: the card must not move away under the pointer

async function loadCatalogue() {
  call({ path: "." }).then(({ docs }) => showDocsLinks(Boolean(docs)), () => {});
  const info = await call({ path: "api/v1/info" }).catch(() => null);
  if (info) {
    showTypes(info.types);
    const built = info.built_at ? `, indexed on ${info.built_at.slice(0, 10)}` : "";
    const model = info.model_id.split("/").at(-1);
    byId("catalogue").textContent = [`${number(info.films)} films${built}, compared by ${model}.`, ...info.warnings].join(" ");
  }
}

function showDocsLinks(areOn) {
  document.querySelectorAll(".docs-link").forEach((link) => (link.hidden = !areOn));
}

function filtersChanged(filters) {
  go({ ...currentView(), filters });
}

/** Follow links to views of this page without loading it again. */
function follow(event) {
  const link = event.target.closest("a[href]");
  const isPlain = !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (link?.matches(".skip")) {
    event.preventDefault(); // the part after "#" is a view's
    byId("results").focus();
  } else if (link && isPlain && link.getAttribute("href").startsWith("demo")) {
    event.preventDefault();
    goTo(link.href);
    byId("results").focus({ preventScroll: true });
  }
}

function rateFilm(event) {
  const button = event.target.closest(".like, .dislike");
  const film = shown.get(Number(button?.closest("[data-id]").dataset.id));
  if (film) {
    isCardRated = true;
    rate(film, button.matches(".like") ? "liked" : "disliked");
    isCardRated = false;
  }
}

function tasteChanged() {
  if (currentView().kind === "taste" && !isCardRated) {
    refresh();
  }
}

document.addEventListener("click", follow);
byId("results").addEventListener("click", rateFilm);
byId("none-clear").addEventListener("click", () => go({ ...currentView(), filters: {} }));
connectBox((query) => go({ kind: "search", query, ignored: [], filters: readFilters() }));
connectSuggestions(goTo);
connectFilters(filtersChanged);
connectTaste(tasteChanged);
connectImport();
connectCurl();
connectViews();
connectKey(() => {
  load();
  refresh();
});
showExamples();
load();
showAddress({ typed: byId("query").value });

function load() {
  loadChoices();
  loadCatalogue();
}
