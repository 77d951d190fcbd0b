// Problems named beside the field that has to be changed.

import { byId, setText } from "./dom.js";

export const NO_NUMBER = "Write it as a number, such as 1995.";

const EMPTY = "Nothing is left of this text without its markup: write it in words.";

const FIELDS = {
  query: ["query", "query-error"],
  synopsis: ["query", "query-error"],
  year_min: ["year-min", "filters-error"],
  year_max: ["year-max", "filters-error"],
  runtime_max: ["runtime-max", "filters-error"],
  min_vote_average: ["min-vote-average", "filters-error"],
  min_vote_count: ["min-vote-count", "filters-error"],
  filters: ["year-min", "filters-error"],
};

/** Show a problem beside its field, which `loc` names after the part of the request. False if the page has no such field. */
export function showFieldError({ loc: [, ...path], type, msg }) {
  const name = path.length ? path.findLast((part) => Object.hasOwn(FIELDS, part)) : "filters"; // none: several of them
  if (!name) {
    return false;
  }
  const [input, place] = FIELDS[name];
  byId(input).setAttribute("aria-invalid", "true");
  byId(input).closest("details")?.setAttribute("open", "");
  setText(byId(place), type === "string_too_short" ? EMPTY : inWordsOfPage(msg, input));
  return true;
}

/** Name fields by their labels. A message beside the search box needs no name. */
function inWordsOfPage(message, input) {
  const labelOf = (id) => byId(id).labels[0].firstChild.textContent.trim();
  const said = message.replace(/\b(year_min|year_max)\b/g, (name) => labelOf(FIELDS[name][0]));
  return input === "query" || said !== message ? said : `${labelOf(input)}: ${message}`;
}

export function clearFieldErrors() {
  for (const place of document.querySelectorAll(".field-error")) {
    setText(place, "");
  }
  for (const input of document.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

/** Show what has to be changed in the search box, and go there. */
export function refuse(message) {
  showFieldError({ loc: ["page", "query"], msg: message });
  byId("query").focus();
}

/** The filters that hold something other than a number. */
export function misspeltNumbers() {
  return Object.keys(FIELDS).filter((name) => byId(FIELDS[name][0]).validity.badInput && name !== "filters");
}
