// Posters: one drawn from the film's title and genre, covered by the real one when that has loaded.

import { element } from "./dom.js";

const POSTERS = "https://image.tmdb.org/t/p/w342";
const LONG_TITLE = 26; // letters
const [MIN_SIZE, MEDIUM_SIZE, MAX_SIZE] = [7, 12.5, 16]; // of letters, in hundredths of the poster's width
const LINE = 140; // the size at which a word of n letters fills the line is LINE / n
const HUES = {
  Action: 14, Adventure: 32, Animation: 285, Comedy: 44, Crime: 226, Documentary: 190, Drama: 208, Family: 96,
  Fantasy: 266, History: 28, Horror: 358, Music: 318, Mystery: 246, Romance: 338, "Science Fiction": 178,
  Thriller: 216, "TV Movie": 160, War: 78, Western: 22,
};

export function hueOf(genre = "") {
  return HUES[genre] ?? [...genre].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 210);
}

/** Make a film's poster. It repeats what the card says, so it is not read aloud. */
export function posterOf(film) {
  const title = element("span", { className: "poster-title", textContent: film.title });
  title.style.fontSize = `${sizeOf(film.title)}cqw`;
  const year = element("span", { className: "poster-year", textContent: film.year ?? "" });
  const poster = element("span", { className: "poster", "aria-hidden": "true" }, title, year);
  poster.style.setProperty("--hue", hueOf(film.genres?.[0]));
  if (/^\/[\w.-]+$/.test(film.poster_path ?? "")) {
    poster.append(pictureOf(film.poster_path));
  }
  return poster;
}

function sizeOf(title) {
  const longest = Math.max(...title.split(/[\s-]+/).map((word) => word.length));
  return Math.max(MIN_SIZE, Math.min(LINE / longest, title.length > LONG_TITLE ? MEDIUM_SIZE : MAX_SIZE));
}

function pictureOf(path) {
  const image = element("img", { alt: "", loading: "lazy", decoding: "async", referrerPolicy: "no-referrer" });
  image.addEventListener("load", () => image.classList.add("loaded"));
  image.addEventListener("error", () => image.remove());
  image.src = POSTERS + path;
  return image;
}
