// Filters: genre chips, years, language, variety and the number of films.

import { call } from "./api.js";
import { keyButton } from "./api_key.js";
import { byId, element } from "./dom.js";
import { NO_NUMBER, clearFieldErrors, misspeltYears, showFieldError } from "./field_errors.js";

const LANGUAGES = ["en", "fr", "de", "it", "es", "pt", "ja", "ko", "zh", "hi", "ru", "sv", "da", "pl", "fa", "tr"];
const CHOICES = ["", "with", "without"];
const listeners = [];

export function readFilters() {
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

export function readChoice() {
  const choice = { top_k: Number(byId("top-k").value) };
  if (Number(byId("diversity").value) > 0) {
    choice.diversity = Number(byId("diversity").value);
  }
  return choice;
}

export function inBody(body) {
  const filters = readFilters();
  return { ...body, ...readChoice(), ...(Object.keys(filters).length ? { filters } : {}) };
}

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
  const misspelt = misspeltYears();
  if (misspelt.length) {
    clearFieldErrors();
    showFieldError({ loc: misspelt, msg: NO_NUMBER });
  } else {
    listeners.forEach((listener) => listener());
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

export async function loadGenres() {
  try {
    const { results } = await call({ path: "api/v1/genres" });
    byId("genre-chips").replaceChildren(...results.map(genreChip));
  } catch (problem) {
    byId("genre-chips").replaceChildren(problem.status === 401 ? keyButton(problem) : problem.message);
  }
}

function showLanguages() {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  for (const code of LANGUAGES) {
    byId("language").append(element("option", { value: code, textContent: names.of(code) }));
  }
}

/** Call the listener after every change of a filter. */
export function connectFilters(listener) {
  listeners.push(listener);
  showLanguages();
  for (const id of ["year-min", "year-max", "language", "diversity", "top-k"]) {
    byId(id).addEventListener("change", filtersChanged);
  }
  byId("filters-clear").addEventListener("click", clearFilters);
}
