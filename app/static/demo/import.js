// Import of ratings: the file is read in the browser, and only titles are sent, to find the films' ids.

import { call } from "./api.js";
import { readRatings } from "./csv.js";
import { byId, element, setText } from "./dom.js";
import { MAX_RATED, addRated } from "./taste.js";
import { counted, nameOf } from "./words.js";

const AT_ONCE = 4;
const MAX_TRIES = 6;
const MAX_TITLE = 200;

let running = null;

/** A title as words without capitals, accents and punctuation, with a space at both ends. */
function plain(title) {
  const words = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return ` ${words.join(" ")} `;
}

const titlesOf = (...titles) => titles.filter(Boolean).map(plain);

/** Whether one of the titles is, or begins with, one of the others. */
function agree(some, others, isSame) {
  return some.some((one) => others.some((other) => (isSame ? one === other : one.startsWith(other) || other.startsWith(one))));
}

/** Return the film with this IMDb id, or this title and year: cinemas differ from festivals by a year, and catalogues
 * by a subtitle, but not by both. */
function matchOf(rated, films) {
  const apart = (film) => (rated.year && film.year ? Math.abs(film.year - rated.year) : 0);
  const isNamed = (film, isSame) =>
    agree(titlesOf(film.title, film.original_title), titlesOf(rated.title, rated.originalTitle), isSame);
  const nearest = films.toSorted((one, other) => apart(one) - apart(other));
  return (
    films.find((film) => film.imdb_id && film.imdb_id === rated.imdbId) ??
    nearest.find((film) => apart(film) <= 1 && isNamed(film, true)) ??
    nearest.find((film) => film.year && film.year === rated.year && isNamed(film, false))
  );
}

/** Wait, unless the import is stopped meanwhile. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Return a file's text, in UTF-8 or as spreadsheets save it: in UTF-16, or in Windows' Latin letters. */
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) {
    return new TextDecoder("utf-16le").decode(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

async function find(title, signal, tries = 1) {
  try {
    const query = { query: title.slice(0, MAX_TITLE), limit: 10 };
    return (await call({ path: "api/v1/movies", query }, signal)).results;
  } catch (problem) {
    if (!problem.wait || tries === MAX_TRIES || signal.aborted) {
      throw problem;
    }
    await pause(problem.wait, signal); // the server is busy and says for how long
    return find(title, signal, tries + 1);
  }
}

async function lookUp(rated, signal) {
  const titles = [...new Set([rated.title, rated.originalTitle].filter(Boolean))];
  for (const title of titles) {
    const film = matchOf(rated, await find(title, signal));
    if (film) {
      return film;
    }
  }
  return null;
}

/** Look up all films, a few at once, and put them into `films`; `progress` is called with how many are done. */
async function lookUpAll(ratings, films, signal, progress) {
  let [next, done] = [0, 0];
  async function work() {
    while (next < ratings.length) {
      const place = next++;
      films[place] = await lookUp(ratings[place], signal);
      progress(++done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Add the films that were found to the taste, and return how many they are. */
function addFound(ratings, films) {
  const found = ratings.map(({ rating }, place) => ({ film: films[place], rating })).filter(({ film }) => film);
  if (found.length) {
    addRated(found);
  }
  return new Set(found.map(({ film }) => film.movie_id)).size;
}

function report(added, missing, { films, others, unrated }) {
  const parts = [
    films.length > MAX_RATED && `The newest ${MAX_RATED} of the file were read.`,
    unrated && `${counted(unrated, "row")} without a rating left out.`,
    others && `${counted(others, "series or game")} left out.`,
    `${counted(added, "film")} found and added.`,
    missing.length && `${counted(missing.length, "film")} not in this catalogue:`,
  ];
  setText(byId("import-status"), parts.filter(Boolean).join(" "));
  byId("import-missing").replaceChildren(...missing.map((rated) => element("li", { textContent: nameOf(rated) })));
  byId("import-missing").hidden = !missing.length;
}

async function importFile(file) {
  running?.abort();
  const own = (running = new AbortController());
  const films = []; // as found, in the order of the ratings
  let ratings = [];
  byId("import-missing").hidden = true;
  try {
    const read = readRatings(await textOf(file));
    ratings = read.films.slice(0, MAX_RATED);
    showProgress(0, ratings.length);
    await lookUpAll(ratings, films, own.signal, (done) => showProgress(done, ratings.length));
    report(addFound(ratings, films), ratings.filter((_, place) => !films[place]), read);
  } catch (problem) {
    const isStopped = problem.name === "AbortError";
    const added = isStopped ? 0 : addFound(ratings, films);
    const rest = added ? ` ${counted(added, "film")} found before were added; choose the file again for the others.` : "";
    setText(byId("import-status"), isStopped ? "Stopped. Nothing was added." : problem.message + rest);
  } finally {
    own.abort(); // no look-up goes on after one has failed
    byId("import-progress").hidden = byId("import-stop").hidden = true;
  }
}

function showProgress(done, all) {
  const bar = byId("import-progress");
  bar.hidden = byId("import-stop").hidden = false;
  [bar.max, bar.value] = [all, done];
  if (!done) {
    setText(byId("import-status"), `Looking up ${counted(all, "film")} …`);
  }
}

export function connectImport() {
  byId("import-file").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = ""; // the same file can be chosen again
    if (file) {
      importFile(file);
    }
  });
  byId("import-stop").addEventListener("click", () => running?.abort());
}
