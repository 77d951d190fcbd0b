// The demo: one page over the API. Catalogue text is untrusted and is only ever set as text.

const POSTERS = "https://image.tmdb.org/t/p/w342";
const TASTE_KEY = "films-like-this.taste";
const API_KEY_KEY = "films-like-this.api-key";
const MOST_RATED = 50;
const FEWEST_CHARACTERS = 10;
const UNKNOWN_KEY = "The server does not know the API key that was entered.";
const NO_NUMBER = "Write it as a number, such as 1995.";
const TYPING_PAUSE = 150;
const FILTER_PAUSE = 350;

const EXAMPLES = [
  ["Mystery", "A lighthouse keeper and his new assistant are cut off by storms, and one of them stops telling the truth."],
  ["Romance", "Two strangers meet on a night train and talk until the morning, knowing that they will have to part."],
  ["Crime", "A crew plans one last robbery, and somebody among them has been talking to the police."],
  ["Science Fiction", "A robot double stirs up the workers of a city whose rulers live in towers above it."],
  ["Western", "A gunman who has put his weapons away takes them up once more to settle an old debt."],
  ["Family", "A lonely child finds a creature that nobody else may see, and has to help it home."],
];
const LANGUAGES = ["en", "fr", "de", "it", "es", "pt", "ja", "ko", "zh", "hi", "ru", "sv", "da", "pl", "fa", "tr"];
const HUES = {
  Action: 14, Adventure: 32, Animation: 285, Comedy: 44, Crime: 226, Documentary: 190, Drama: 208, Family: 96,
  Fantasy: 266, History: 28, Horror: 358, Music: 318, Mystery: 246, Romance: 338, "Science Fiction": 178,
  Thriller: 216, "TV Movie": 160, War: 78, Western: 22,
};

const byId = (id) => document.getElementById(id);
const films = byId("films");

/** Make an element: its properties, then what it holds (text is set as text). */
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(namespace, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

function later(pause, act) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(act, pause, ...values);
  };
}

// What the browser keeps ------------------------------------------------------------------------------------------

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is off: nothing is kept
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is off or full: the page works without
  }
}

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

// Calls ---------------------------------------------------------------------------------------------------------

/** What went wrong with a call, in words for the person at the page. */
class Problem extends Error {
  constructor(message, status = 0, fields = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

function describeRequest({ path, query, body }) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of [value].flat()) {
      url.searchParams.append(name, item);
    }
  }
  return { url: url.href, body: body && JSON.stringify(body) };
}

async function call(request, signal) {
  const { url, body } = describeRequest(request);
  const headers = {};
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  const key = stored(API_KEY_KEY);
  if (key) {
    if (/[^\x20-\xff]/.test(key)) {
      throw new Problem(UNKNOWN_KEY, 401); // a header cannot carry it
    }
    headers["X-API-Key"] = key;
  }
  let response;
  try {
    response = await fetch(url, { method: body ? "POST" : "GET", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Problem("The server cannot be reached. Check the connection, then try again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw response.status === 401 && key ? new Problem(UNKNOWN_KEY, 401) : problemOf(response, answer.detail);
  }
  return answer;
}

function problemOf(response, detail) {
  if (Array.isArray(detail)) {
    return new Problem(detail.map((field) => field.msg).join(" "), response.status, detail);
  }
  const said = typeof detail === "string" ? detail : `The server answered ${response.status}.`;
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    return new Problem(`${said} (Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}.)`, response.status);
  }
  return new Problem(said, response.status);
}

function asCurl(request) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const { url, body } = describeRequest(request);
  const parts = [`curl ${quote(url)}`];
  if (stored(API_KEY_KEY)) {
    parts.push("-H 'X-API-Key: YOUR_KEY'");
  }
  if (body) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(body)}`);
  }
  return parts.join(" \\\n  ");
}

// What is asked for --------------------------------------------------------------------------------------------

function readFilters() {
  const filters = {};
  for (const choice of ["with", "without"]) {
    const names = [...byId("genre-chips").querySelectorAll(`[data-choice="${choice}"]`)].map((chip) => chip.value);
    if (names.length) {
      filters[choice === "with" ? "genres_any" : "genres_none"] = names;
    }
  }
  for (const [name, id] of [["year_min", "year-min"], ["year_max", "year-max"]]) {
    if (byId(id).value) {
      filters[name] = Number(byId(id).value);
    }
  }
  if (byId("language").value) {
    filters.original_language = byId("language").value;
  }
  return filters;
}

function readChoice() {
  const choice = { top_k: Number(byId("top-k").value) };
  if (Number(byId("diversity").value) > 0) {
    choice.diversity = Number(byId("diversity").value);
  }
  return choice;
}

function inBody(body) {
  const filters = readFilters();
  return { ...body, ...readChoice(), ...(Object.keys(filters).length ? { filters } : {}) };
}

function readSynopsis() {
  const body = { synopsis: byId("synopsis").value.trim() };
  for (const name of ["title", "genre"]) {
    const value = byId(`context-${name}`).value.trim();
    if (value) {
      body[name] = value;
    }
  }
  if (byId("context-year").value) {
    body.year = Number(byId("context-year").value);
  }
  return body;
}

const FORM_FIELDS = ["synopsis", "context-title", "context-genre", "context-year"];

const readForm = () => Object.fromEntries(FORM_FIELDS.map((id) => [id, byId(id).value]));

function fillForm(form) {
  for (const id of FORM_FIELDS) {
    byId(id).value = form[id] ?? "";
  }
  countSynopsis();
}

// A view is what the right side shows; the address tells it, so that Back works and a film can be linked to. What was
// described is kept beside the address, by the browser's history.
let view = { kind: "welcome" };
let shown = new Map(); // films on the page by id
let running = null;

const requestOf = {
  synopsis: () => ({ path: "api/v1/recommend", body: inBody(readSynopsis()) }),
  film: () => ({ path: `api/v1/movies/${view.id}/similar`, query: { ...readChoice(), ...readFilters() } }),
  taste: () => ({
    path: "api/v1/recommend/taste",
    body: inBody({
      liked: taste.liked.map((film) => film.movie_id),
      ...(taste.disliked.length ? { disliked: taste.disliked.map((film) => film.movie_id) } : {}),
    }),
  }),
};

async function show(next, { addToHistory = true, focus = true } = {}) {
  view = next;
  const address = { film: `#film/${next.id}`, taste: "#taste", synopsis: "#synopsis" }[next.kind] ?? "";
  const state = next.form ? { form: next.form } : null;
  if (addToHistory && (address !== location.hash || JSON.stringify(state) !== JSON.stringify(history.state))) {
    history.pushState(state, "", address || location.pathname);
  }
  running?.abort();
  byId("welcome").hidden = next.kind !== "welcome";
  byId("answer").hidden = next.kind === "welcome";
  if (next.kind !== "welcome") {
    const answered = answer(); // shows at once where the films will stand, which is what is scrolled to
    if (focus) {
      byId("results").focus({ preventScroll: true });
      byId("results").scrollIntoView({ block: "nearest" });
    }
    await answered;
  }
}

const showAgain = later(FILTER_PAUSE, () => view.kind !== "welcome" && answer());

async function answer() {
  running?.abort();
  const own = (running = new AbortController());
  clearFieldErrors();
  const request = requestOf[view.kind]();
  showWaiting(request.body?.top_k ?? request.query.top_k);
  try {
    const started = performance.now();
    const calls = [call(request, own.signal)];
    if (view.kind === "film") {
      calls.push(call({ path: `api/v1/movies/${view.id}` }, own.signal));
    }
    const [answered, subject] = await Promise.all(calls);
    if (running === own) {
      showAnswer(answered, subject, performance.now() - started, request);
    }
  } catch (problem) {
    if (problem.name !== "AbortError" && running === own) {
      showProblem(problem);
    }
  } finally {
    if (running === own) {
      running = null;
    }
  }
}

// What is shown --------------------------------------------------------------------------------------------------

const HEADINGS = { synopsis: "Films like your description", film: "Films like it", taste: "Films for your taste" };

function showWaiting(count) {
  byId("results").setAttribute("aria-busy", "true");
  byId("results-heading").textContent = HEADINGS[view.kind];
  byId("status").textContent = "Looking for films …";
  byId("problem").hidden = true;
  byId("request").hidden = true;
  byId("subject").replaceChildren();
  const line = () => element("div", { className: "line" });
  films.replaceChildren(
    ...Array.from({ length: Math.min(count, 10) }, () =>
      element("li", { className: "film waiting" }, element("div", { className: "poster" }),
        element("div", { className: "about" }, line(), line(), line(), line()))),
  );
}

function showAnswer(answered, subject, milliseconds, request) {
  byId("results").removeAttribute("aria-busy");
  shown = new Map(answered.recommendations.map((film) => [film.movie_id, film]));
  if (subject) {
    shown.set(subject.movie_id, subject);
    const card = filmCard(subject);
    card.querySelector(".similar").remove();
    byId("subject").replaceChildren(element("ul", {}, card));
    byId("results-heading").textContent = `Films like ${nameOf(subject)}`;
  }
  films.replaceChildren(...answered.recommendations.map(filmCard));
  byId("status").textContent = statusOf(answered, milliseconds);
  byId("curl").textContent = asCurl(request);
  byId("request").hidden = false;
}

function statusOf(answered, milliseconds) {
  if (answered.count === 0) {
    return Object.keys(readFilters()).length
      ? "No film meets these filters. Take some away, and films will show."
      : "The catalogue has no other film.";
  }
  const counted = answered.count === 1 ? "1 film" : `${answered.count} films`;
  const cut = answered.truncated ? " The description is longer than the model reads; its end was left out." : "";
  return `${counted} in ${Math.max(1, Math.round(milliseconds))} ms.${cut}`;
}

function showProblem(problem) {
  byId("results").removeAttribute("aria-busy");
  films.replaceChildren();
  byId("status").textContent = "";
  const elsewhere = problem.fields.filter((field) => !showFieldError(field));
  byId("problem-text").textContent = problem.status === 422 && !elsewhere.length
    ? "Something in the form has to be changed first; it is marked."
    : problem.message;
  byId("problem-retry").hidden = problem.status === 422;
  byId("problem").hidden = false;
  if (problem.status === 401) {
    askForKey(problem.message, answer);
  }
  if (problem.status === 404 && view.kind === "taste") {
    const titles = new Map([...taste.liked, ...taste.disliked].map((film) => [String(film.movie_id), nameOf(film)]));
    const named = problem.message.replace(/\d+/g, (id) => titles.get(id) ?? id);
    byId("problem-text").textContent = `${named}. Remove it from your taste, then try again.`;
  }
}

const FIELDS = {
  synopsis: ["synopsis", "synopsis-error"],
  title: ["context-title", "context-error"],
  genre: ["context-genre", "context-error"],
  year: ["context-year", "context-error"],
  year_min: ["year-min", "filters-error"],
  year_max: ["year-max", "filters-error"],
  filters: ["year-min", "filters-error"],
};

/** Tell a problem beside its field; false where the page has no such field. */
function showFieldError({ loc, msg }) {
  const [input, place] = FIELDS[loc.findLast((part) => part in FIELDS)] ?? (view.kind === "film" ? FIELDS.filters : []);
  if (!input) {
    return false;
  }
  byId(input).setAttribute("aria-invalid", "true");
  byId(input).closest("details")?.setAttribute("open", "");
  byId(place).textContent = inWordsOfPage(msg, input);
  byId(place).hidden = false;
  return true;
}

/** Name the field as its label does; what is beside the synopsis, which has no label of a word, needs no name. */
function inWordsOfPage(message, input) {
  const labelOf = (id) => byId(id).labels[0].firstChild.textContent.trim();
  const said = message.replace("year_min", labelOf("year-min")).replace("year_max", labelOf("year-max"));
  return input === "synopsis" || said !== message ? said : `${labelOf(input)}: ${message}`;
}

function clearFieldErrors() {
  for (const place of document.querySelectorAll(".field-error")) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const input of document.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

function askForKey(message, tryAgain) {
  const key = window.prompt(`${message}\n\nAPI key for this page:`);
  if (key) {
    store(API_KEY_KEY, key.trim());
    loadGenres();
    loadCatalogue();
    tryAgain?.();
  }
}

/** A button that asks for the key, for places that are filled without anybody having asked. */
function keyButton(problem, tryAgain) {
  const button = element("button", { type: "button", className: "plain", textContent: "Enter an API key" });
  button.addEventListener("click", () => askForKey(problem.message, tryAgain));
  return button;
}

const nameOf = (film) => (film.year ? `${film.title} (${film.year})` : film.title);

function initialsOf(title) {
  const words = title.split(/[\s\-–:,.!?'’"]+/).filter(Boolean);
  const telling = words.filter((word) => !/^(a|an|the|of|and)$/i.test(word));
  return (telling.length ? telling : words).slice(0, 2).map((word) => [...word][0].toLocaleUpperCase()).join("") || "?";
}

function hueOf(film) {
  const genre = film.genres[0] ?? "";
  return HUES[genre] ?? [...genre].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 210);
}

function filmCard(film) {
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

// Taste ---------------------------------------------------------------------------------------------------------

let taste = readTaste();

function rate(film, side) {
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
  if (view.kind === "taste" && !taste.liked.length) {
    show({ kind: "welcome" });
  }
}

function showTaste() {
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

function markRating(card) {
  for (const [side, selector] of [["liked", ".like"], ["disliked", ".dislike"]]) {
    const isRated = taste[side].some((film) => film.movie_id === Number(card.dataset.id));
    card.querySelector(selector).setAttribute("aria-pressed", String(isRated));
  }
}

// Title search ----------------------------------------------------------------------------------------------------

function connectTitleSearch() {
  const input = byId("title-query");
  const list = byId("title-options");
  let typing = null;
  let active = -1;
  let listed = ""; // what the options were found for
  let isPickDue = false; // Enter was pressed before they were

  function close() {
    list.hidden = true;
    active = -1;
    isPickDue = false;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open(...rows) {
    list.replaceChildren(...rows);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function move(step) {
    const options = [...list.querySelectorAll('[role="option"]')];
    if (list.hidden || !options.length) {
      return;
    }
    active = (active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function pick(option) {
    typing?.abort();
    close();
    input.value = "";
    show({ kind: "film", id: Number(option.dataset.id) });
  }

  const message = (text) => element("li", { className: "quiet", textContent: text });
  async function findTitles(query) {
    typing?.abort();
    if (!query) {
      return;
    }
    const own = (typing = new AbortController());
    try {
      const { results } = await call({ path: "api/v1/movies", query: { query, limit: 8 } }, own.signal);
      if (own.signal.aborted || input.value.trim() !== query) {
        return;
      }
      active = -1;
      listed = query;
      input.removeAttribute("aria-activedescendant");
      open(...(results.length ? results.map(optionOf) : [message("No film of this name in the catalogue")]));
      if (isPickDue && results.length) {
        pick(list.firstElementChild);
      }
    } catch (problem) {
      if (problem.name !== "AbortError") {
        open(problem.status === 401 ? element("li", {}, keyButton(problem, () => findTitles(query))) : message(problem.message));
      }
    }
  }

  const findTitlesLater = later(TYPING_PAUSE, findTitles);

  function optionOf(film, place) {
    const option = element("li", { id: `title-option-${place}` }, element("span", { textContent: film.title }),
      element("span", { className: "quiet", textContent: film.year ?? "" }));
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.id = film.movie_id;
    return option;
  }

  input.addEventListener("input", () => {
    isPickDue = false;
    const query = input.value.trim();
    findTitlesLater(query);
    if (!query) {
      close();
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const option = list.querySelectorAll('[role="option"]')[Math.max(active, 0)];
      if (list.hidden || listed !== input.value.trim()) {
        isPickDue = true;
        findTitles(input.value.trim());
      } else if (option) {
        pick(option);
      }
    } else if (event.key === "Escape") {
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // or the field loses the focus first
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) {
      pick(option);
    }
  });
}

// Filters -------------------------------------------------------------------------------------------------------

const CHOICES = ["", "with", "without"];

function genreChip(genre) {
  const chip = element("button", { type: "button", value: genre.name, textContent: genre.name });
  chip.title = `${genre.films} films`;
  chip.addEventListener("click", () => {
    choose(chip, CHOICES[(CHOICES.indexOf(chip.dataset.choice) + 1) % CHOICES.length]);
    filtersChanged();
  });
  choose(chip, "");
  return chip;
}

function choose(chip, choice) {
  chip.dataset.choice = choice;
  chip.setAttribute("aria-label", choice ? `${chip.value}: ${choice}` : chip.value);
}

function filtersChanged() {
  const filters = readFilters();
  const number = Object.values(filters).flat().length + (Number(byId("diversity").value) > 0 ? 1 : 0);
  byId("filters-summary").textContent = number ? `${number} ${number === 1 ? "choice" : "choices"} made` : "the whole catalogue";
  const misspelt = ["year_min", "year_max"].filter((name) => byId(FIELDS[name][0]).validity.badInput);
  if (misspelt.length) {
    clearFieldErrors();
    showFieldError({ loc: misspelt, msg: NO_NUMBER });
  } else {
    showAgain();
  }
}

function clearFilters() {
  byId("genre-chips").querySelectorAll("button").forEach((chip) => choose(chip, ""));
  for (const id of ["year-min", "year-max", "language"]) {
    byId(id).value = "";
  }
  byId("diversity").value = "0";
  clearFieldErrors();
  filtersChanged();
}

async function loadGenres() {
  try {
    const { results } = await call({ path: "api/v1/genres" });
    byId("genre-chips").replaceChildren(...results.map(genreChip));
  } catch (problem) {
    byId("genre-chips").replaceChildren(problem.status === 401 ? keyButton(problem) : problem.message);
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

// Start ---------------------------------------------------------------------------------------------------------

function search() {
  clearFieldErrors();
  const { synopsis } = readSynopsis();
  if (lengthOf(synopsis) < FEWEST_CHARACTERS) {
    const missing = synopsis ? `At least ${FEWEST_CHARACTERS} characters are needed.` : "Write what should happen in the film.";
    refuse("synopsis", missing);
  } else if (byId("context-year").validity.badInput) {
    refuse("year", NO_NUMBER);
  } else {
    show({ kind: "synopsis", form: readForm() });
  }
}

function refuse(field, message) {
  showFieldError({ loc: [field], msg: message });
  byId(FIELDS[field][0]).focus();
}

function viewOfAddress() {
  const film = /^#film\/(\d{1,16})$/.exec(location.hash);
  if (film) {
    return { kind: "film", id: Number(film[1]) };
  }
  if (location.hash === "#taste" && taste.liked.length) {
    return { kind: "taste" };
  }
  if (location.hash === "#synopsis" && history.state?.form) {
    fillForm(history.state.form);
    return { kind: "synopsis", form: history.state.form };
  }
  return { kind: "welcome" };
}

function showExamples() {
  const cards = EXAMPLES.map(([genre, text]) => {
    const card = element("button", { type: "button" }, element("span", { className: "text", textContent: text }),
      element("span", { className: "quiet", textContent: genre }));
    card.style.setProperty("--hue", HUES[genre]);
    card.addEventListener("click", () => {
      byId("synopsis").value = text;
      countSynopsis();
      search();
    });
    return element("li", {}, card);
  });
  byId("examples").replaceChildren(...cards);
}

/** Characters as the server counts them: an emoji is one. */
const lengthOf = (text) => [...text].length;

function countSynopsis() {
  byId("synopsis-length").textContent = String(lengthOf(byId("synopsis").value.trim()));
}

function showLanguages() {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  for (const code of LANGUAGES) {
    byId("language").append(element("option", { value: code, textContent: names.of(code) }));
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
  for (const id of ["year-min", "year-max", "language", "diversity", "top-k"]) {
    byId(id).addEventListener("change", filtersChanged);
  }
  byId("filters-clear").addEventListener("click", clearFilters);
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
  byId("taste-heading").tabIndex = -1;
  byId("taste-show").addEventListener("click", () => show({ kind: "taste" }));
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

showExamples();
showLanguages();
showTaste();
countSynopsis();
connect();
connectTitleSearch();
loadGenres();
loadCatalogue();
show(viewOfAddress(), { addToHistory: false, focus: false });
