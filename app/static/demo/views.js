// Views: what the page shows for an address. Every change of view goes through the browser's history, which also keeps
// how many films were shown and where the page was scrolled to, so that Back returns to the same place.

import { addressOf, slugOf, viewOf } from "./address.js";
import { call, recall } from "./api.js";
import { offerMore, showFirst, showMore, showNoAnswer, showSubject, showWaiting } from "./answer.js";
import { byId, later } from "./dom.js";
import { clearFieldErrors } from "./field_errors.js";
import { fillFilters } from "./filters.js";
import { hideProblem, showProblem } from "./problems.js";
import { MAX_SHOWN, pageSize, requestOf } from "./requests.js";
import { fillBox } from "./search_box.js";
import { likesAny } from "./taste.js";
import { showChips } from "./understood.js";
import { nameOf } from "./words.js";

const SITE = "Films like this";
const SCROLL_PAUSE = 150;
const MAX_TITLE = 70;

let view = { kind: "welcome", filters: {} };
let running = new AbortController();
let count = 0; // films of the list on the page
let lacksMore = false; // whether more films of the list were asked for and did not come

export const currentView = () => view;

const HEADINGS = { search: "Films for your search", film: "Films like it", taste: "Films for your taste", welcome: "" };

function titleOf({ kind, query }, subject) {
  const cut = query?.length > MAX_TITLE ? `${query.slice(0, MAX_TITLE)}…` : query;
  const names = { search: cut, film: subject && nameOf(subject), taste: "Your taste" };
  return names[kind] ? `${names[kind]} – ${SITE}` : `${SITE}: TMDB Semantic Recommender`;
}

/** Go to a view. The same one again asks again. */
export function go(next) {
  remember(next.query);
  if (addressOf(next) !== addressOf(view)) {
    history.pushState({}, "", addressOf(next));
  }
  const isElsewhere = next.kind !== view.kind || next.id !== view.id;
  show(next);
  if (isElsewhere && next.kind !== "search") {
    window.scrollTo(0, 0);
  }
  remember();
}

/** Go to an address of this page. */
export function goTo(address) {
  const next = viewOf(new URL(address, document.baseURI));
  go(next); // first: it notes the scroll position, which a box of another height would change
  fillBox(next.query ?? "");
  remember();
}

/** Show what the address names, as it was left; `typed` is a text that was typed before the page was ready. */
export async function showAddress({ typed }) {
  const { count: wanted, y, draft } = history.state ?? {};
  const next = viewOf(location);
  fillBox(typed || (draft ?? next.query ?? ""));
  await show(next, { wanted });
  if (y !== undefined && view === next) {
    window.scrollTo(0, y);
  }
}

/** Note how the view is left, with a text in the box that was not searched; `sent` is what is searched now. */
function remember(sent) {
  const text = byId("query").value;
  const isDraft = text.trim() && ![view.query, sent].includes(text.trim());
  history.replaceState({ count, y: window.scrollY, ...(isDraft && { draft: text }) }, "");
}

/** Show a view again with the key or the taste as they are now. */
export const refresh = () => show(view);

async function show(next, { wanted = 0 } = {}) {
  const keep = next.kind === view.kind && next.id === view.id;
  view = next;
  running.abort();
  running = new AbortController();
  count = 0;
  lacksMore = false;
  clearFieldErrors();
  hideProblem();
  fillFilters(next.filters);
  byId("sort").value = next.sort ?? "";
  byId("filters").open &&= keep || next.kind === "search";
  document.title = titleOf(next);
  byId("welcome").hidden = next.kind !== "welcome";
  byId("taste").hidden = next.kind !== "taste";
  const hasAnswer = next.kind !== "welcome" && (next.kind !== "taste" || likesAny());
  byId("answer").hidden = !hasAnswer;
  if (!keep || !hasAnswer) {
    showChips(null, next, go);
  }
  if (hasAnswer) {
    showWaiting(HEADINGS[next.kind], keep);
    await fill(next, wanted, running.signal);
  }
}

async function fill(shownView, wanted, signal) {
  try {
    const ask = wanted ? recall : call;
    const started = performance.now();
    const { request, understood } = await requestOf(shownView, 0, signal);
    const film = shownView.kind === "film" ? ask({ path: `api/v1/movies/${shownView.id}` }, signal) : null;
    const [answer, subject] = await Promise.all([ask(request, signal), film]);
    signal.throwIfAborted();
    const milliseconds = performance.now() - started;
    const hasFilters = Object.keys(shownView.filters).length > 0;
    showFirst(answer, { milliseconds, request, hasFilters, view: shownView });
    showChips(understood ?? answer.understood, shownView, go);
    nameSubject(subject);
    added(answer, 0);
    while (count < wanted && !byId("more").hidden) {
      await append(signal, recall);
    }
  } catch (problem) {
    if (problem.name !== "AbortError" && !signal.aborted) {
      showNoAnswer();
      showProblem(problem, shownView);
    }
  }
}

function nameSubject(subject) {
  showSubject(subject);
  if (subject) {
    view.slug = slugOf(subject.title);
    history.replaceState(history.state, "", addressOf(view));
    document.title = titleOf(view, subject);
  }
}

function added(answer, offset) {
  count = offset + answer.recommendations.length;
  const isFull = answer.recommendations.length === pageSize(view, offset);
  offerMore(isFull && count < Math.min(MAX_SHOWN, answer.total ?? MAX_SHOWN), answer.total);
}

async function append(signal, ask) {
  const offset = count;
  const { request } = await requestOf(view, offset, signal);
  const answer = await ask(request, signal);
  signal.throwIfAborted();
  const first = showMore(answer, view);
  added(answer, offset);
  return first;
}

async function more() {
  const { signal } = running;
  byId("more").setAttribute("aria-busy", "true");
  lacksMore = false;
  try {
    const first = await append(signal, call);
    first?.querySelector(".title a").focus({ preventScroll: true });
    remember();
  } catch (problem) {
    if (problem.name !== "AbortError") {
      byId("more-status").textContent = problem.message;
      lacksMore = true;
    }
  } finally {
    byId("more").removeAttribute("aria-busy");
  }
}

export function connectViews() {
  history.scrollRestoration = "manual";
  window.addEventListener("popstate", showAddress);
  window.addEventListener("scroll", later(SCROLL_PAUSE, () => remember()));
  byId("query").addEventListener("input", later(SCROLL_PAUSE, () => remember()));
  window.addEventListener("online", () => (byId("problem").hidden ? lacksMore && more() : refresh()));
  byId("problem-retry").addEventListener("click", refresh);
  byId("more-button").addEventListener("click", more);
  byId("sort").addEventListener("change", ({ target }) => go({ ...view, sort: target.value }));
}
