// What the right side shows. The address names it, so that Back works and a film can be linked to; the description is
// kept beside the address, by the browser's history.

import { asCurl, call } from "./api.js";
import { askForKey } from "./api_key.js";
import { filmCard } from "./cards.js";
import { byId, element, later } from "./dom.js";
import { clearFieldErrors, showFieldError } from "./field_errors.js";
import { inBody, readChoice, readFilters } from "./filters.js";
import { fillForm, readSynopsis } from "./form.js";
import { nameOf, taste } from "./taste.js";

const FILTER_PAUSE = 350;
const HEADINGS = { synopsis: "Films like your description", film: "Films like it", taste: "Films for your taste" };
const films = byId("films");
let view = { kind: "welcome" };
let running = null;

/** The films on the page by id. */
export let shown = new Map();

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

export async function show(next, { addToHistory = true, focus = true } = {}) {
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

/** Ask again, soon, with the filters as they are now. */
export const showAgain = later(FILTER_PAUSE, () => view.kind !== "welcome" && answer());

/** Leave the films for a taste that is no more. */
export function leaveEmptyTaste() {
  if (view.kind === "taste" && !taste.liked.length) {
    show({ kind: "welcome" });
  }
}

export async function answer() {
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
  const elsewhere = problem.fields.filter((field) => !showFieldError(field, view.kind === "film" ? "filters" : ""));
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

export function viewOfAddress() {
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
