// Films and people whose names begin as typed, under the search box.

import { filmAddress, searchAddress } from "./address.js";
import { call } from "./api.js";
import { byId, element, later } from "./dom.js";

const TYPING_PAUSE = 150;
const MAX_LETTERS = 60;
const MAX_WORDS = 6; // longer texts are descriptions
const MAX_FILMS = 5;
const MAX_PEOPLE = 3;

let open = () => {};
let typing = null;
let active = -1;

const input = () => byId("query");
const list = () => byId("suggestions");
const options = () => [...list().querySelectorAll('[role="option"]')];

export function closeSuggestions() {
  typing?.abort();
  list().hidden = true;
  active = -1;
  input().removeAttribute("aria-activedescendant");
}

function option(address, name, detail) {
  const made = element("li", { role: "option", "aria-selected": "false" },
    element("span", { textContent: name }), element("span", { className: "quiet", textContent: detail }));
  made.dataset.address = address;
  return made;
}

function showOptions(films, people) {
  const rows = [
    ...films.map((film) => option(filmAddress(film), film.title, film.year ?? "")),
    ...people.map(({ name }) => option(searchAddress(`films by ${name}`), `Films by ${name}`, "")),
  ];
  rows.forEach((row, place) => (row.id = `suggestion-${place}`));
  list().replaceChildren(...rows);
  active = -1;
  input().removeAttribute("aria-activedescendant");
  list().hidden = !rows.length;
}

const isNameLike = (text) =>
  text && text.length <= MAX_LETTERS && text.split(/\s+/).length <= MAX_WORDS && !text.includes("\n");

async function suggest() {
  typing?.abort();
  const query = input().value.trim();
  if (!isNameLike(query)) {
    closeSuggestions();
    return;
  }
  const { signal } = (typing = new AbortController());
  const find = (path, limit) => call({ path, query: { query, limit } }, signal).then(({ results }) => results, () => []);
  const [films, people] = await Promise.all([find("api/v1/movies", MAX_FILMS), find("api/v1/people", MAX_PEOPLE)]);
  if (!signal.aborted && document.activeElement === input()) {
    showOptions(films, people);
  }
}

function move(step) {
  const all = options();
  active = (active + step + all.length + 1) % (all.length + 1); // one place more: none is chosen
  all.forEach((each, place) => each.setAttribute("aria-selected", String(place === active)));
  if (all[active]) {
    all[active].scrollIntoView({ block: "nearest" });
    input().setAttribute("aria-activedescendant", all[active].id);
  } else {
    active = -1;
    input().removeAttribute("aria-activedescendant");
  }
}

function pick(chosen) {
  closeSuggestions();
  input().value = "";
  open(chosen.dataset.address);
}

/** Handle a key in the box. True if it meant the list and not the text. */
export function suggestionKey(event) {
  if (list().hidden) {
    return false;
  }
  const chosen = options()[active];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    closeSuggestions();
  } else if (event.key === "Enter" && chosen) {
    pick(chosen);
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

/** Suggest while somebody types; `onPick` is called with the address of what was picked. */
export function connectSuggestions(onPick) {
  open = onPick;
  input().addEventListener("input", later(TYPING_PAUSE, suggest));
  input().addEventListener("blur", () => setTimeout(closeSuggestions, 100));
  list().addEventListener("mousedown", (event) => event.preventDefault()); // or the box loses the focus first
  list().addEventListener("click", (event) => {
    const chosen = event.target.closest('[role="option"]');
    if (chosen) {
      pick(chosen);
    }
  });
}
