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

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function find(title, signal, tries = 1) {
  try {
    const query = { query: title.slice(0, MAX_TITLE), limit: 10 };
    return (await call({ path: "api/v1/movies", query }, signal)).results;
  } catch (problem) {
    if (!problem.wait || tries === MAX_TRIES || signal.aborted) {
      throw problem;
    }
    await pause(problem.wait); // the server is busy and says for how long
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

/** Look up all films, a few at once; `progress` is called with how many are done. */
async function lookUpAll(ratings, signal, progress) {
  const films = [];
  let [next, done] = [0, 0];
  async function work() {
    while (next < ratings.length) {
      const place = next++;
      films[place] = await lookUp(ratings[place], signal);
      progress(++done);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const found = ratings.map(({ rating }, place) => ({ film: films[place], rating })).filter(({ film }) => film);
  return { found, missing: ratings.filter((_, place) => !films[place]) };
}

function report({ found, missing }, others, tooMany) {
  const ids = new Set(found.map(({ film }) => film.movie_id));
  const parts = [`${counted(ids.size, "film")} found and added.`];
  if (missing.length) {
    parts.push(`${counted(missing.length, "film")} not in this catalogue:`);
  }
  if (others) {
    parts.unshift(`${counted(others, "series or game")} left out.`);
  }
  if (tooMany) {
    parts.unshift(`The newest ${MAX_RATED} of the file were read.`);
  }
  setText(byId("import-status"), parts.join(" "));
  byId("import-missing").replaceChildren(...missing.map((rated) => element("li", { textContent: nameOf(rated) })));
  byId("import-missing").hidden = !missing.length;
}

async function importFile(file) {
  running?.abort();
  const own = (running = new AbortController());
  byId("import-missing").hidden = true;
  try {
    const { films, others } = readRatings(await file.text());
    const ratings = films.slice(0, MAX_RATED);
    showProgress(0, ratings.length);
    const result = await lookUpAll(ratings, own.signal, (done) => showProgress(done, ratings.length));
    addRated(result.found);
    report(result, others, films.length > MAX_RATED);
  } catch (problem) {
    setText(byId("import-status"), problem.name === "AbortError" ? "Stopped. Nothing was added." : problem.message);
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
