// The films somebody likes, dislikes and has rated, kept by the browser.

import { byId, element, icon, spoken } from "./dom.js";
import { filmAddress } from "./address.js";
import { TASTE_KEY, store, stored } from "./storage.js";
import { counted, nameOf } from "./words.js";

const MAX_CHOSEN = 50;
const STARS = { liked: 5, disliked: 1 };
const MIN_LIKED_RATING = 3.5; // stars from which the API takes a film as liked
export const MAX_RATED = 1000;
const SIDES = ["liked", "disliked", "rated"];

let taste = { liked: [], disliked: [], rated: [] };
let isKept = true;
let listener = () => {};

/** Whether films for the taste can be found: somebody likes one, or rated one so. */
export const likesAny = () => taste.liked.length > 0 || taste.rated.some((film) => film.rating >= MIN_LIKED_RATING);

/** Return what the API needs to know of the taste. */
export function tasteBody() {
  const ids = (side) => (taste[side].length ? { [side]: taste[side].map((film) => film.movie_id) } : {});
  const rated = taste.rated.map(({ movie_id, rating }) => ({ movie_id, rating }));
  return { ...ids("liked"), ...ids("disliked"), ...(rated.length ? { rated } : {}) };
}

/** Return a message with the films' names in place of their ids. */
export function withNames(message) {
  const films = new Map(SIDES.flatMap((side) => taste[side]).map((film) => [String(film.movie_id), nameOf(film)]));
  return message.replace(/\d+/g, (id) => films.get(id) ?? id);
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // something else wrote there: start anew
  }
}

function read() {
  const kept = parsed(stored(TASTE_KEY));
  const films = (side) => (Array.isArray(kept[side]) ? kept[side].filter(isFilm) : []);
  const rated = films("rated").filter((film) => film.rating >= 0.5 && film.rating <= 5);
  return { liked: films("liked").map(entry), disliked: films("disliked").map(entry), rated: rated.map(entry) };
}

const isFilm = (film) => Number.isSafeInteger(film?.movie_id) && typeof film.title === "string";

function entry({ movie_id, title, year, rating }) {
  return { movie_id, title, year: Number(year) || null, ...(rating ? { rating } : {}) };
}

/** Like or dislike a film; a second time takes it back. */
export function rate(film, side) {
  const wasThere = taste[side].some((rated) => rated.movie_id === film.movie_id);
  for (const each of SIDES) {
    taste[each] = taste[each].filter((rated) => rated.movie_id !== film.movie_id);
  }
  if (!wasThere) {
    taste[side].unshift(entry({ ...film, rating: null }));
    const oldest = taste[side].splice(MAX_CHOSEN); // the API takes more ratings than likes
    taste.rated = [...oldest.map((each) => ({ ...each, rating: STARS[side] })), ...taste.rated].slice(0, MAX_RATED);
  }
  keep();
}

/** Add films with ratings, newest first; a new rating replaces an old one. */
export function addRated(films) {
  const added = new Map(films.toReversed().map(({ film, rating }) => [film.movie_id, entry({ ...film, rating })]));
  for (const side of SIDES) {
    taste[side] = taste[side].filter((rated) => !added.has(rated.movie_id));
  }
  taste.rated = [...[...added.values()].reverse(), ...taste.rated].slice(0, MAX_RATED);
  keep();
}

function keep() {
  isKept = store(TASTE_KEY, JSON.stringify(taste));
  showTaste();
  listener();
}

const NAMES = { liked: "liked", disliked: "disliked" };
const ICONS = { liked: "like", disliked: "dislike", rated: "star" };

function row(film, side) {
  const remove = element("button", { type: "button", className: "icon-button" }, icon("remove"),
    spoken(`Remove ${nameOf(film)} from your taste`));
  remove.addEventListener("click", () => {
    rate(film, side);
    byId("taste-heading").focus();
  });
  const name = element("a", { className: "name", href: filmAddress(film), textContent: nameOf(film) });
  const said = film.rating ? element("span", { className: "quiet", textContent: `${film.rating}` }) : spoken(NAMES[side]);
  return element("li", { className: side }, icon(ICONS[side]), name, said, remove);
}

export function showTaste() {
  const rows = SIDES.flatMap((side) => taste[side].map((film) => row(film, side)));
  byId("taste-films").replaceChildren(...rows);
  byId("taste-films").hidden = byId("taste-clear").hidden = !rows.length;
  byId("taste-count").textContent = rows.length ? `(${rows.length})` : "";
  byId("taste-summary").textContent = rows.length
    ? `${counted(rows.length, "film")}, ${isKept ? "kept in this browser alone" : "lost when you leave: this browser keeps nothing, or has no room"}.${likesAny() ? "" : " Like at least one, and films for you are found."}`
    : "Mark films that you like or dislike, or bring your ratings. They are kept in this browser alone.";
  document.querySelectorAll("[data-id]").forEach(markRating);
}

/** Mark a card's buttons as pressed by what is in the taste. */
export function markRating(card) {
  for (const [side, selector] of [["liked", ".like"], ["disliked", ".dislike"]]) {
    const isRated = taste[side].some((film) => film.movie_id === Number(card.dataset.id));
    card.querySelector(selector)?.setAttribute("aria-pressed", String(isRated));
  }
}

/** Call back after each change that is made on this page. */
export function connectTaste(onChange) {
  listener = onChange;
  taste = read();
  byId("taste-clear").addEventListener("click", () => {
    if (!confirm(`Forget ${counted(byId("taste-films").children.length, "film")}? This cannot be undone.`)) {
      return;
    }
    taste = { liked: [], disliked: [], rated: [] };
    keep();
    byId("taste-heading").focus();
  });
  window.addEventListener("storage", (event) => {
    if ((event.key ?? TASTE_KEY) === TASTE_KEY) { // another tab has written it, or emptied the whole storage
      taste = read();
      showTaste();
      listener();
    }
  });
  showTaste();
}
