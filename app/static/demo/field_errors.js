// Problems told beside the field that has to be changed.

import { byId } from "./dom.js";

export const NO_NUMBER = "Write it as a number, such as 1995.";

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
export function showFieldError({ loc, msg }, otherwise) {
  const [input, place] = FIELDS[loc.findLast((part) => part in FIELDS)] ?? FIELDS[otherwise] ?? [];
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

export function clearFieldErrors() {
  for (const place of document.querySelectorAll(".field-error")) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const input of document.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

export function refuse(field, message) {
  showFieldError({ loc: [field], msg: message });
  byId(FIELDS[field][0]).focus();
}

/** The names of the year filters that hold something other than a number. */
export function misspeltYears() {
  return ["year_min", "year_max"].filter((name) => byId(FIELDS[name][0]).validity.badInput);
}
