// The demo: one page over the API.

import { call } from "./api.js";
import { onKey } from "./api_key.js";
import { byId } from "./dom.js";
import { showExamples } from "./examples.js";
import { NO_NUMBER, clearFieldErrors, refuse } from "./field_errors.js";
import { connectFilters, loadGenres } from "./filters.js";
import { countSynopsis, lengthOf, readForm, readSynopsis } from "./form.js";
import { connectTaste, rate } from "./taste.js";
import { connectTitleSearch } from "./title_search.js";
import { answer, leaveEmptyTaste, show, showAgain, shown, viewOfAddress } from "./views.js";

const MIN_CHARACTERS = 10;

function search() {
  clearFieldErrors();
  const { synopsis } = readSynopsis();
  if (lengthOf(synopsis) < MIN_CHARACTERS) {
    const missing = synopsis ? `At least ${MIN_CHARACTERS} characters are needed.` : "Write what should happen in the film.";
    refuse("synopsis", missing);
  } else if (byId("context-year").validity.badInput) {
    refuse("year", NO_NUMBER);
  } else {
    show({ kind: "synopsis", form: readForm() });
  }
}

async function loadCatalogue() {
  call({ path: "." }).then((status) => (byId("docs-links").hidden = !status.docs), () => {});
  try {
    const info = await call({ path: "api/v1/info" });
    const built = info.built_at ? `, indexed on ${info.built_at.slice(0, 10)}` : "";
    byId("catalogue").textContent =
      `${info.films.toLocaleString("en")} films${built}, compared by ${info.model_id.split("/").at(-1)}. ${info.warnings.join(" ")}`;
  } catch {
    byId("catalogue").textContent = ""; // the page can do without
  }
}

function connect() {
  byId("synopsis-form").addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
  byId("synopsis").addEventListener("input", countSynopsis);
  byId("synopsis").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      search();
    }
  });
  byId("results").addEventListener("click", (event) => {
    const film = shown.get(Number(event.target.closest(".film[data-id]")?.dataset.id));
    const button = event.target.closest("button");
    if (film && button?.matches(".similar")) {
      show({ kind: "film", id: film.movie_id });
      window.scrollTo(0, byId("results").offsetTop - 16);
    } else if (film && button) {
      rate(film, button.matches(".like") ? "liked" : "disliked");
    }
  });
  byId("taste-show").addEventListener("click", () => show({ kind: "taste" }));
  byId("problem-retry").addEventListener("click", answer);
  byId("curl-copy").addEventListener("click", copyCurl);
  window.addEventListener("popstate", () => {
    if (location.hash !== "#results") {
      show(viewOfAddress(), { addToHistory: false, focus: false });
    }
  });
}

async function copyCurl() {
  const button = byId("curl-copy");
  try {
    await navigator.clipboard.writeText(byId("curl").textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(byId("curl")); // browsers allow copying on secure pages only
    button.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

showExamples(search);
countSynopsis();
connect();
connectFilters(showAgain);
connectTaste(leaveEmptyTaste);
connectTitleSearch((id) => show({ kind: "film", id }));
onKey(loadGenres);
onKey(loadCatalogue);
loadGenres();
loadCatalogue();
show(viewOfAddress(), { addToHistory: false, focus: false });
