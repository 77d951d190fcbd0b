// The description and what else is known of the film.

import { byId } from "./dom.js";

const FORM_FIELDS = ["synopsis", "context-title", "context-genre", "context-year"];

export function readSynopsis() {
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

export const readForm = () => Object.fromEntries(FORM_FIELDS.map((id) => [id, byId(id).value]));

export function fillForm(form) {
  for (const id of FORM_FIELDS) {
    byId(id).value = form[id] ?? "";
  }
  countSynopsis();
}

/** Characters as the server counts them: an emoji is one. */
export const lengthOf = (text) => [...text].length;

export function countSynopsis() {
  byId("synopsis-length").textContent = String(lengthOf(byId("synopsis").value.trim()));
}
