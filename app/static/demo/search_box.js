// The one box: a description, a title, a name or a mood.

import { byId } from "./dom.js";
import { clearFieldErrors, refuse } from "./field_errors.js";
import { closeSuggestions, suggestionKey } from "./suggestions.js";
import { lengthOf, number } from "./words.js";

const MAX_LENGTH = 5000;
const SHOWN_FROM = 400; // shorter texts need no count

/** Put a text into the box. */
export function fillBox(text) {
  byId("query").value = text;
  count();
}

function count() {
  const length = lengthOf(byId("query").value.trim());
  byId("query-length").textContent = length < SHOWN_FROM ? "" : `${number(length)} of ${number(MAX_LENGTH)} characters`;
}

/** Call back with the text each time a search is wanted. */
export function connectBox(search) {
  const box = byId("query");
  const submit = () => {
    closeSuggestions();
    clearFieldErrors();
    const query = box.value.trim();
    if (query) {
      byId("results").focus({ preventScroll: true });
      search(query);
    } else {
      refuse("Write something first: what happens in the film, its title, a name or a mood.");
    }
  };
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", count);
  box.addEventListener("keydown", (event) => {
    if (!event.isComposing && !suggestionKey(event) && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
}
