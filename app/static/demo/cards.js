// Cards of films. Catalogue text is untrusted and is only ever set as text.

import { filmAddress, searchAddress } from "./address.js";
import { byId, element, setText, spoken } from "./dom.js";
import { posterOf } from "./poster.js";
import { markRating } from "./taste.js";
import { whyOf } from "./why.js";
import { languageName, nameOf, number, runtimeName } from "./words.js";

const MAX_CAST = 5;
const SITES = { tmdb: ["TMDB", "www.themoviedb.org"], imdb: ["IMDb", "www.imdb.com"] };

/** Make the card of a film in a list; `asksGenres` is whether its genres were asked for. */
export function filmCard(film, asksGenres) {
  const { card, find } = cardFrom("film-template", film);
  const address = filmAddress(film);
  find(".title").append(element("a", { href: address, textContent: film.title }));
  find(".poster-place").href = address;
  find(".similar").href = address;
  find(".similar").append(spoken(`: ${nameOf(film)}`));
  showScore(find, film);
  setText(find(".overview"), film.overview);
  find(".why").replaceChildren(...whyOf(film, asksGenres));
  find(".open").addEventListener("click", () => toggleOverview(find));
  find(".open").append(spoken(` of ${nameOf(film)}`));
  return card;
}

/** Make the large card of the film that a view is about. */
export function subjectCard(film) {
  const { card, find } = cardFrom("subject-template", film);
  setText(find(".title"), nameOf(film));
  setText(find(".overview"), film.overview);
  setText(find(".keywords"), film.keywords?.length ? `Keywords: ${film.keywords.join(", ")}` : "");
  setText(find(".rating"), ratingOf(film));
  showPeople(find(".cast"), "With", (film.cast ?? []).slice(0, MAX_CAST));
  return card;
}

/** Make a small card: poster, title and year. */
export function smallCard(film) {
  const link = element("a", { href: filmAddress(film), className: "small" }, posterOf(film),
    element("span", { className: "name", textContent: nameOf(film) }));
  return element("li", {}, link);
}

function cardFrom(template, film) {
  const card = byId(template).content.firstElementChild.cloneNode(true);
  const find = (selector) => card.querySelector(selector);
  card.dataset.id = film.movie_id;
  find(".poster-place").append(posterOf(film));
  setText(find(".original"), film.original_title === film.title ? "" : film.original_title);
  setText(find(".facts"), factsOf(film));
  showPeople(find(".directors"), "Directed by", film.directors ?? []);
  find(".links").replaceChildren(...linksOf(film));
  for (const [selector, verb] of [[".like", "Like"], [".dislike", "Dislike"]]) {
    find(selector).ariaLabel = find(selector).title = `${verb} ${nameOf(film)}`;
  }
  markRating(card);
  return { card, find };
}

function factsOf(film) {
  const facts = [
    film.type === "tv" && "Series",
    film.year,
    film.runtime && runtimeName(film.runtime),
    film.original_language && languageName(film.original_language),
    film.genres?.join(", "),
  ];
  return facts.filter(Boolean).join(" · ");
}

function ratingOf(film) {
  const votes = film.vote_count ? ` from ${number(film.vote_count)} votes` : "";
  return film.vote_average ? `${film.vote_average.toFixed(1)} of 10${votes}` : "";
}

function showPeople(place, role, people) {
  const names = people.map((person) => person.name ?? person);
  const links = names.flatMap((name, index) => [
    index ? ", " : `${role} `,
    element("a", { href: searchAddress(role === "With" ? `films with ${name}` : `films by ${name}`), textContent: name }),
  ]);
  place.replaceChildren(...links);
  place.hidden = !links.length;
}

function linksOf(film) {
  return Object.entries(SITES).flatMap(([key, [name, host]]) => {
    const href = film.links?.[key];
    return href && URL.canParse(href) && new URL(href).host === host
      ? [element("a", { href, rel: "noreferrer", textContent: name }, spoken(` page of ${nameOf(film)}`))]
      : [];
  });
}

function showScore(find, film) {
  const score = film.similarity_score;
  find(".score").hidden = score === undefined;
  if (score !== undefined) {
    find(".bar span").style.setProperty("--score", score);
    find(".value").textContent = `${score.toFixed(2)} ${film.match ? `· ${film.match} match` : "similar"}`;
  }
}

function toggleOverview(find) {
  const isOpen = find(".overview").classList.toggle("whole");
  find(".open").setAttribute("aria-expanded", String(isOpen));
}

/** Offer to open the overviews that are cut. */
export function markCutOverviews() {
  for (const overview of document.querySelectorAll("#films .overview:not(.whole)")) {
    overview.nextElementSibling.hidden = overview.scrollHeight <= overview.clientHeight + 1;
  }
}
