// Filters: genre chips, years, language, length and rating.

import { call } from "./api.js";
import { askForKey } from "./api_key.js";
import { byId, element, later, setText, spoken } from "./dom.js";
import { NO_NUMBER, clearFieldErrors, misspeltNumbers, showFieldError } from "./field_errors.js";
import { counted, languageName, number, runtimeName } from "./words.js";

const CHOICES = ["", "with", "without"];
const FIELDS = {
  year_min: "year-min",
  year_max: "year-max",
  original_language: "language",
  type: "type",
  runtime_max: "runtime-max",
  min_vote_average: "min-vote-average",
  min_vote_count: "min-vote-count",
};
const TEXTS = ["original_language", "type"];
const SIDES = { genres_any: "with", genres_none: "without" };
const CHANGE_PAUSE = 350;
const MAX_GENRES = 20; // the others are behind a button

let listener = () => {};
let current = {};

/** Return the filters that are set, under the API's names. */
export function readFilters() {
  const filters = {};
  for (const [name, side] of Object.entries(SIDES)) {
    const chosen = [...byId("genre-chips").querySelectorAll(`[data-choice="${side}"]`)].map((chip) => chip.value);
    const unlisted = (current[name] ?? []).filter((genre) => !chipOf(genre));
    if (chosen.length + unlisted.length) {
      filters[name] = [...chosen, ...unlisted];
    }
  }
  for (const [name, id] of Object.entries(FIELDS)) {
    const { value } = byId(id);
    if (value) {
      filters[name] = TEXTS.includes(name) ? value : Number(value);
    }
  }
  return filters;
}

const chipOf = (genre) => [...byId("genre-chips").children].find((chip) => chip.value === genre);

/** Set the fields to these filters. */
export function fillFilters(filters) {
  current = filters;
  for (const chip of byId("genre-chips").querySelectorAll("button")) {
    choose(chip, SIDES[Object.keys(SIDES).find((name) => filters[name]?.includes(chip.value))]);
  }
  for (const [name, id] of Object.entries(FIELDS)) {
    if (document.activeElement !== byId(id)) { // somebody may be typing there
      setField(byId(id), String(filters[name] ?? ""));
    }
  }
  summarize();
}

function setField(field, value) {
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) {
    field.append(element("option", { value, textContent: field.id === "language" ? languageName(value) : value }));
  }
  field.value = value;
}

/** Return each filter in words with the filters that are left without it. */
export function describeFilters(filters) {
  const described = [];
  for (const [name, given] of Object.entries(filters)) {
    for (const value of [given].flat()) {
      const without = { ...filters, [name]: [given].flat().filter((each) => each !== value) };
      if (!without[name].length) {
        delete without[name];
      }
      described.push({ label: FILTER_NAMES[name](value), without });
    }
  }
  return described;
}

const TYPES = { movie: "films only", tv: "series only" };
export const FILTER_NAMES = {
  genres_any: (genre) => `with ${genre}`,
  genres_none: (genre) => `without ${genre}`,
  year_min: (year) => `from ${year}`,
  year_max: (year) => `up to ${year}`,
  original_language: (code) => `in ${languageName(code)}`,
  type: (type) => TYPES[type] ?? type,
  runtime_min: (minutes) => `at least ${runtimeName(minutes)}`,
  runtime_max: (minutes) => `at most ${runtimeName(minutes)}`,
  min_vote_average: (average) => `rated ${average} or more`,
  min_vote_count: (votes) => `${number(votes)} votes or more`,
};

function genreChip(genre) {
  const chip = element("button", { type: "button", value: genre.name, title: counted(genre.films, "film") });
  chip.addEventListener("click", () => {
    choose(chip, CHOICES[(CHOICES.indexOf(chip.dataset.choice) + 1) % CHOICES.length]);
    changed();
  });
  choose(chip);
  return chip;
}

function choose(chip, choice = "") {
  chip.hidden &&= !choice;
  chip.dataset.choice = choice;
  chip.replaceChildren(chip.value, spoken(choice && `: ${choice}`));
}

function summarize() {
  const set = describeFilters(readFilters()).length;
  byId("filters-summary").textContent = set ? `${set} set` : "none set";
  byId("filters-clear").disabled = !set;
}

function changed() {
  summarize();
  clearFieldErrors();
  const misspelt = misspeltNumbers();
  if (misspelt.length) {
    misspelt.forEach((name) => showFieldError({ loc: ["page", name], msg: NO_NUMBER }));
  } else {
    current = readFilters();
    listener(current);
  }
}

async function fill(path, show) {
  try {
    show((await call({ path })).results);
  } catch (problem) {
    setText(byId("choices-problem"), problem.message);
    if (problem.status === 401) {
      askForKey(problem);
    }
  }
}

function showGenres(genres) {
  const chips = genres.map(genreChip);
  chips.slice(MAX_GENRES).forEach((chip) => (chip.hidden = true));
  byId("genre-chips").replaceChildren(...chips);
  byId("genres-more").textContent = `All ${chips.length} genres`;
  byId("genres-more").hidden = chips.length <= MAX_GENRES;
}

function showAllGenres() {
  const hidden = [...byId("genre-chips").querySelectorAll("[hidden]")];
  hidden.forEach((chip) => (chip.hidden = false));
  byId("genres-more").hidden = true;
  hidden[0].focus();
}

/** Load the genres and languages that the catalogue has. */
export async function loadChoices() {
  setText(byId("choices-problem"), "");
  await Promise.all([
    fill("api/v1/genres", showGenres),
    fill("api/v1/languages", (languages) => {
      const options = languages.map((each) => each.code ?? each.name).map((value) => [languageName(value), value]);
      options.sort(([one], [other]) => one.localeCompare(other));
      byId("language").replaceChildren(...[["Any", ""], ...options].map(([name, value]) => new Option(name, value)));
    }),
  ]);
  fillFilters(current);
}

/** Offer a choice of types if the catalogue has more than one. */
export function showTypes(types) {
  byId("type-field").hidden = !(types?.length > 1);
}

/** Call back with the filters, soon, after each change that is made in the fields. */
export function connectFilters(onChange) {
  listener = later(CHANGE_PAUSE, (filters) => filters === current && onChange(filters)); // else the view has changed
  for (const id of Object.values(FIELDS)) {
    byId(id).addEventListener("change", changed);
    byId(id).addEventListener("blur", ({ target }) => target.validity.badInput && changed()); // no change to a number
  }
  byId("genres-more").addEventListener("click", showAllGenres);
  byId("filters").addEventListener("toggle", () => byId("choices-problem").hidden || loadChoices());
  byId("filters-clear").addEventListener("click", () => {
    fillFilters({});
    changed();
    byId("filters-heading").focus();
  });
}
