// The films somebody likes and dislikes, kept by the browser.

import { byId, element, icon } from "./dom.js";
import { TASTE_KEY, store, stored } from "./storage.js";

const MOST_RATED = 50;
const listeners = [];

function readTaste() {
  const taste = { liked: [], disliked: [] };
  try {
    const kept = JSON.parse(stored(TASTE_KEY) ?? "{}");
    for (const side of ["liked", "disliked"]) {
      for (const film of kept[side] ?? []) {
        if (Number.isSafeInteger(film.movie_id) && typeof film.title === "string") {
          taste[side].push({ movie_id: film.movie_id, title: film.title, year: Number(film.year) || null });
        }
      }
    }
  } catch {
    // something else wrote there: start anew
  }
  return taste;
}

export let taste = readTaste();

export const nameOf = (film) => (film.year ? `${film.title} (${film.year})` : film.title);

export function rate(film, side) {
  const wasThere = taste[side].some((rated) => rated.movie_id === film.movie_id);
  for (const each of ["liked", "disliked"]) {
    taste[each] = taste[each].filter((rated) => rated.movie_id !== film.movie_id);
  }
  if (!wasThere) {
    taste[side].unshift({ movie_id: film.movie_id, title: film.title, year: film.year });
    taste[side].length = Math.min(taste[side].length, MOST_RATED);
  }
  keepTaste();
}

function keepTaste() {
  store(TASTE_KEY, JSON.stringify(taste));
  showTaste();
  listeners.forEach((listener) => listener());
}

export function showTaste() {
  const rows = ["liked", "disliked"].flatMap((side) =>
    taste[side].map((film) => {
      const remove = element("button", { type: "button", className: "icon-button" }, icon("remove"));
      remove.setAttribute("aria-label", `Remove ${film.title} from your taste`);
      remove.addEventListener("click", () => {
        rate(film, side);
        byId("taste-heading").focus();
      });
      const name = element("span", { className: "name", textContent: nameOf(film), title: nameOf(film) });
      const spoken = element("span", { className: "hidden", textContent: side });
      return element("li", { className: side }, icon(side === "liked" ? "like" : "dislike"), name, remove, spoken);
    }),
  );
  byId("taste-films").replaceChildren(...rows);
  byId("taste-empty").hidden = taste.liked.length > 0;
  byId("taste-empty").textContent = taste.disliked.length
    ? "Like at least one film, and films for your taste can be found."
    : "Mark films that you like or dislike; they are kept in this browser alone.";
  byId("taste-show").disabled = taste.liked.length === 0;
  byId("taste-clear").hidden = rows.length === 0;
  document.querySelectorAll(".film[data-id]").forEach(markRating);
}

export function markRating(card) {
  for (const [side, selector] of [["liked", ".like"], ["disliked", ".dislike"]]) {
    const isRated = taste[side].some((film) => film.movie_id === Number(card.dataset.id));
    card.querySelector(selector).setAttribute("aria-pressed", String(isRated));
  }
}

/** Call the listener after every change that is made on this page. */
export function connectTaste(listener) {
  listeners.push(listener);
  byId("taste-heading").tabIndex = -1;
  byId("taste-clear").addEventListener("click", () => {
    taste = { liked: [], disliked: [] };
    keepTaste();
    byId("taste-heading").focus();
  });
  window.addEventListener("storage", (event) => {
    if ((event.key ?? TASTE_KEY) === TASTE_KEY) { // another tab has written it, or emptied the whole storage
      taste = readTaste();
      showTaste();
    }
  });
  showTaste();
}
