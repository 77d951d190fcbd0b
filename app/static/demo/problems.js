// The notice for what went wrong.

import { askForKey } from "./api_key.js";
import { byId, setText } from "./dom.js";
import { showFieldError } from "./field_errors.js";
import { withNames } from "./taste.js";

const FORM = "Something in the form has to be changed first; it is marked.";

export function hideProblem() {
  byId("problem").hidden = true;
}

/** Show a problem: beside its field if the page has the field, else in the notice. */
export function showProblem(problem, view) {
  const elsewhere = problem.fields.filter((field) => !showFieldError(field));
  const isForm = problem.fields.length > 0 && !elsewhere.length;
  setText(byId("problem-text"), isForm ? FORM : messageOf(problem, view));
  byId("problem-retry").hidden = isForm || problem.status === 404;
  byId("problem").hidden = false;
  if (problem.status === 401) {
    askForKey(problem);
  }
}

function messageOf(problem, view) {
  if (problem.status === 404 && view.kind === "taste") {
    return `${withNames(problem.message)}. Remove it from your taste, then try again.`;
  }
  return problem.status === 404 && view.kind === "film"
    ? "This catalogue has no such film. Search for another one above."
    : problem.message;
}
