// Cards of films; catalogue text is untrusted and is only ever set as text.

import { byId, element } from "./dom.js";
import { markRating } from "./taste.js";

const POSTERS = "https://image.tmdb.org/t/p/w342";

export const HUES = {
  Action: 14, Adventure: 32, Animation: 285, Comedy: 44, Crime: 226, Documentary: 190, Drama: 208, Family: 96,
  Fantasy: 266, History: 28, Horror: 358, Music: 318, Mystery: 246, Romance: 338, "Science Fiction": 178,
  Thriller: 216, "TV Movie": 160, War: 78, Western: 22,
};

function initialsOf(title) {
  const words = title.split(/[\s\-–:,.!?'’"]+/).filter(Boolean);
  const telling = words.filter((word) => !/^(a|an|the|of|and)$/i.test(word));
  return (telling.length ? telling : words).slice(0, 2).map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
}

function hueOf(film) {
  const genre = film.genres[0] ?? "";
  return HUES[genre] ?? [...genre].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 210);
}

export function filmCard(film) {
  const card = byId("film-template").content.firstElementChild.cloneNode(true);
  const find = (selector) => card.querySelector(selector);
  card.dataset.id = film.movie_id;
  find(".poster").style.setProperty("--hue", hueOf(film));
  find(".initials").textContent = initialsOf(film.title);
  addPoster(find(".poster"), film.poster_path);
  find("h3").textContent = film.title;
  find(".facts").textContent = [film.year, film.genres.join(", ")].filter(Boolean).join(" · ");
  find(".overview").textContent = film.overview ?? "";
  if (film.similarity_score !== undefined) {
    find(".score").hidden = false;
    find(".bar span").style.setProperty("--score", film.similarity_score);
    find(".value").textContent = `${film.similarity_score.toFixed(2)} similar`;
  }
  find(".similar").setAttribute("aria-label", `More like ${film.title}`);
  find(".like").setAttribute("aria-label", `Like ${film.title}`);
  find(".dislike").setAttribute("aria-label", `Dislike ${film.title}`);
  markRating(card);
  return card;
}

/** Lay the poster over the drawn one once it has come; without one, or without the internet, the drawn one stays. */
function addPoster(place, path) {
  if (!/^\/[\w.-]+$/.test(path ?? "")) {
    return;
  }
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", referrerPolicy: "no-referrer" });
  image.addEventListener("load", () => image.classList.add("loaded"));
  image.addEventListener("error", () => image.remove());
  image.src = POSTERS + path;
  place.append(image);
}
