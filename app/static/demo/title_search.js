// The search box for titles, with its list of films.

import { call } from "./api.js";
import { keyButton } from "./api_key.js";
import { byId, element, later } from "./dom.js";

const TYPING_PAUSE = 150;

export function connectTitleSearch(picked) {
  const input = byId("title-query");
  const list = byId("title-options");
  let typing = null;
  let active = -1;
  let listed = ""; // what the options were found for
  let isPickDue = false; // Enter was pressed before they were

  function close() {
    list.hidden = true;
    active = -1;
    isPickDue = false;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function open(...rows) {
    list.replaceChildren(...rows);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function move(step) {
    const options = [...list.querySelectorAll('[role="option"]')];
    if (list.hidden || !options.length) {
      return;
    }
    active = (active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function pick(option) {
    typing?.abort();
    close();
    input.value = "";
    picked(Number(option.dataset.id));
  }

  const message = (text) => element("li", { className: "quiet", textContent: text });
  async function findTitles(query) {
    typing?.abort();
    if (!query) {
      return;
    }
    const own = (typing = new AbortController());
    try {
      const { results } = await call({ path: "api/v1/movies", query: { query, limit: 8 } }, own.signal);
      if (own.signal.aborted || input.value.trim() !== query) {
        return;
      }
      active = -1;
      listed = query;
      input.removeAttribute("aria-activedescendant");
      open(...(results.length ? results.map(optionOf) : [message("No film of this name in the catalogue")]));
      if (isPickDue && results.length) {
        pick(list.firstElementChild);
      }
    } catch (problem) {
      if (problem.name !== "AbortError") {
        open(problem.status === 401 ? element("li", {}, keyButton(problem, () => findTitles(query))) : message(problem.message));
      }
    }
  }

  const findTitlesLater = later(TYPING_PAUSE, findTitles);

  function optionOf(film, place) {
    const option = element("li", { id: `title-option-${place}` }, element("span", { textContent: film.title }),
      element("span", { className: "quiet", textContent: film.year ?? "" }));
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.id = film.movie_id;
    return option;
  }

  input.addEventListener("input", () => {
    isPickDue = false;
    const query = input.value.trim();
    findTitlesLater(query);
    if (!query) {
      close();
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const option = list.querySelectorAll('[role="option"]')[Math.max(active, 0)];
      if (list.hidden || listed !== input.value.trim()) {
        isPickDue = true;
        findTitles(input.value.trim());
      } else if (option) {
        pick(option);
      }
    } else if (event.key === "Escape") {
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 100));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // or the field loses the focus first
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) {
      pick(option);
    }
  });
}
