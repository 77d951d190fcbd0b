// The films of a view: waiting, found, none, none close, more of them.

import { searchAddress } from "./address.js";
import { asCurl } from "./api.js";
import { filmCard, markCutOverviews, smallCard, subjectCard } from "./cards.js";
import { byId, element, setText } from "./dom.js";
import { counted, nameOf, number } from "./words.js";

const MAX_WAITING = 6;
const KINDS = { request: "Read as a request", memory: "Read as a memory", plot: "Read as a plot" };

/** The films on the page by id. */
export const shown = new Map();

const films = () => byId("films");

function waitingCard() {
  const lines = Array.from({ length: 4 }, () => element("span", { className: "line" }));
  return element("li", { className: "film waiting", "aria-hidden": "true" },
    element("span", { className: "poster" }), element("div", { className: "about" }, ...lines));
}

/** Show that films are looked for: the ones before stay, dimmed, if `keep` is set. */
export function showWaiting(heading, keep) {
  byId("answer").setAttribute("aria-busy", "true");
  setText(byId("results-heading"), heading);
  byId("status").textContent = "Looking for films …";
  if (!keep || !films().children.length) {
    clear();
    films().replaceChildren(...Array.from({ length: MAX_WAITING }, waitingCard));
  }
}

function clear() {
  films().replaceChildren();
  byId("subject").replaceChildren();
  showNamed([], []);
  for (const id of ["more", "request", "far", "none", "warnings", "sort-field"]) {
    byId(id).hidden = true;
  }
}

/** Leave no films, because of a problem. */
export function showNoAnswer() {
  byId("answer").removeAttribute("aria-busy");
  byId("status").textContent = "";
  setText(byId("results-heading"), "");
  clear();
}

export function showSubject(film) {
  const cards = film ? [subjectCard(film)] : [];
  if (film) {
    shown.set(film.movie_id, film);
    setText(byId("results-heading"), `Films like ${nameOf(film)}`);
  }
  byId("subject").replaceChildren(...cards);
}

/** Show the first films of a view. */
export function showFirst(answer, { milliseconds, request, hasFilters, view }) {
  clear();
  shown.clear();
  const chosenBy = answer.understood?.people ?? [];
  showNamed(answer.titles ?? [], (answer.people ?? []).filter(({ name }) => !chosenBy.includes(name)));
  byId("answer").removeAttribute("aria-busy");
  byId("status").textContent = statusOf(answer, milliseconds);
  byId("sort-field").hidden = answer.count < 2;
  byId("sort").options[2].disabled = !answer.recommendations.some((film) => film.vote_count);
  byId("far").hidden = !isFar(answer);
  byId("none").hidden = answer.count > 0;
  byId("none-clear").hidden = !hasFilters;
  setText(byId("none-text"), hasFilters ? "No film meets these filters." : "This catalogue has no film for this.");
  setText(byId("warnings"), warningsOf(answer).join(" "));
  byId("curl").textContent = asCurl(request);
  byId("request").hidden = false;
  showMore(answer, view);
}

/** Whether no film is close. A request that has no text beside its chips has nothing that a film could be close to. */
function isFar({ has_close_match: hasCloseMatch, count, understood }) {
  return hasCloseMatch === false && count > 0 && !(understood?.kind === "request" && !understood.text);
}

function statusOf({ count, total, understood }, milliseconds) {
  const found = total > count ? `nearest ${count} of ${counted(total, "film")}` : counted(count, "film");
  const kind = KINDS[understood?.kind];
  const said = count ? `${found} in ${Math.max(1, Math.round(milliseconds))} ms` : "no film";
  return kind ? `${kind}: ${said}` : said;
}

function warningsOf(answer) {
  const cut = answer.truncated ? ["The description is longer than the model reads. Its end was left out."] : [];
  return [...(answer.warnings ?? []).map((warning) => warning.message ?? warning), ...cut];
}

/** Show the films and the people whose names match, except people that the films are already chosen by. */
function showNamed(films, people) {
  films.forEach((film) => shown.set(film.movie_id, film));
  byId("titles").replaceChildren(...films.map(smallCard));
  byId("by-title").hidden = !films.length;
  byId("people").replaceChildren(...people.map(personLink));
  byId("by-name").hidden = !people.length;
}

function personLink({ name, films: count }) {
  const link = element("a", { href: searchAddress(`films by ${name}`), textContent: name });
  return element("li", {}, link, element("span", { className: "quiet", textContent: ` ${counted(count, "film")}` }));
}

/** Add films to the list, in the order in which it is sorted, and return the first new card. */
export function showMore(answer, { kind, sort }) {
  const { genres, like } = answer.understood ?? {};
  const asksGenres = kind === "search" && (genres?.length > 0 || !like?.length); // else they are those of examples
  const cards = answer.recommendations.map((film) => {
    shown.set(film.movie_id, film);
    return filmCard(film, asksGenres);
  });
  films().append(...cards);
  if (sort) {
    films().append(...[...films().children].sort((one, other) => sortKey(other, sort) - sortKey(one, sort)));
  }
  markCutOverviews();
  return cards[0];
}

const sortKey = (card, sort) => shown.get(Number(card.dataset.id))[sort === "year" ? "year" : "vote_count"] ?? -1;

/** Offer more films or not, and say how many there are. */
export function offerMore(isOffered, total) {
  const count = films().children.length;
  byId("more").hidden = !isOffered;
  byId("more-status").textContent = total ? `${number(count)} of ${number(total)} shown` : `${number(count)} shown`;
}
