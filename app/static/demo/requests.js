// The request that a view makes.

import { recall } from "./api.js";
import { tasteBody } from "./taste.js";
import { correct } from "./understood.js";
import { lengthOf } from "./words.js";

const MAX_SEARCHED = 500;
const MIN_SYNOPSIS = 10;
const FIRST_PAGE = 12;
const NEXT_PAGES = 24;
const SORTED_PAGES = 50; // the newest of few would not be new
export const MAX_SHOWN = 500;

/** Return how many films the page of a view from this offset has. */
export function pageSize({ sort }, offset) {
  const size = offset ? NEXT_PAGES : FIRST_PAGE;
  return Math.min(sort ? SORTED_PAGES : size, MAX_SHOWN - offset);
}

const bodyOf = (view, page, body) => ({
  ...body,
  ...page,
  ...(Object.keys(view.filters).length ? { filters: view.filters } : {}),
});

function search(view, page) {
  return lengthOf(view.query) > MAX_SEARCHED
    ? { path: "api/v1/recommend", body: bodyOf(view, page, { synopsis: view.query, interpret: true }) }
    : { path: "api/v1/search", query: { query: view.query, ...page, ...view.filters } };
}

function corrected(view, page, understood) {
  const synopsis = view.query.padEnd(MIN_SYNOPSIS, "."); // what is searched is in `understood`
  return { path: "api/v1/recommend", body: bodyOf(view, page, { synopsis, understood }) };
}

/** Return the request for the films of a view from an offset on, and how the server reads the search. */
export async function requestOf(view, offset, signal) {
  const { sort } = view;
  const page = { top_k: pageSize(view, offset), explain: true, ...(offset && { offset }), ...(sort && { sort }) };
  if (view.kind === "film") {
    return { request: { path: `api/v1/movies/${view.id}/similar`, query: { ...page, ...view.filters } } };
  }
  if (view.kind === "taste") {
    return { request: { path: "api/v1/recommend/taste", body: bodyOf(view, page, tasteBody()) } };
  }
  if (!view.ignored.length) {
    return { request: search(view, page) };
  }
  const { understood } = await recall(search(view, { top_k: FIRST_PAGE, explain: true }), signal);
  return { request: corrected(view, page, correct(understood, view.ignored)), understood };
}
