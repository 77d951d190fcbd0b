// What the server understood of a search, as chips that can be removed and put back. A removed chip is named in the
// address (`ignored=years`); the corrected object is sent in place of the server's own reading.

import { byId, element, icon, spoken } from "./dom.js";
import { describeFilters, FILTER_NAMES } from "./filters.js";
import { languageName, yearsName } from "./words.js";

/** The parts of what was understood: a key for the address, words, and how to take it away. */
const PARTS = [
  { key: "like", items: (read) => read.like, id: (film) => String(film.movie_id), label: (film) => `like ${film.title}` },
  { key: "genre", items: (read) => read.genres, label: (genre) => genre },
  { key: "not", items: (read) => read.excluded_genres, label: (genre) => `not ${genre}` },
  { key: "unlike", items: (read) => read.unlike, id: (film) => String(film.movie_id), label: (film) => `not ${film.title}` },
  { key: "language", items: (read) => read.languages, label: (code) => `in ${languageName(code)}` },
  { key: "not-language", items: (read) => read.excluded_languages, label: (code) => `not in ${languageName(code)}` },
  { key: "person", items: (read) => read.people, label: (person) => person },
  { key: "years", items: (read) => (read.years ? [read.years] : []), id: () => "", label: yearsName },
  ...["runtime_min", "runtime_max", "min_vote_average"].map((name) => ({
    key: name,
    items: (read) => (read[name] == null ? [] : [read[name]]),
    id: () => "",
    label: FILTER_NAMES[name],
  })),
];
const FIELDS = {
  like: "like",
  genre: "genres",
  not: "excluded_genres",
  unlike: "unlike",
  language: "languages",
  "not-language": "excluded_languages",
  person: "people",
};

let pressed = null; // label of the chip that was pressed last

const keyOf = (part, item) => [part.key, (part.id ?? String)(item)].filter(Boolean).join(":");

/** Return the reading without the ignored parts. */
export function correct(read, ignored) {
  const corrected = { ...read };
  for (const part of PARTS) {
    const kept = (part.items(read) ?? []).filter((item) => !ignored.includes(keyOf(part, item)));
    if (part.key in FIELDS) {
      corrected[FIELDS[part.key]] = kept;
    } else {
      corrected[part.key] = kept[0] ?? null;
    }
  }
  return corrected;
}

function chipsOf(read) {
  return PARTS.flatMap((part) =>
    (part.items(read) ?? []).map((item) => ({ key: keyOf(part, item), label: part.label(item) })),
  );
}

function chip(label, isOn, act) {
  const verb = isOn ? "Remove " : "Put back ";
  const button = element("button", { type: "button", className: isOn ? "on" : "off", value: label },
    spoken(verb), label, icon(isOn ? "remove" : "add"));
  button.addEventListener("click", () => {
    pressed = label;
    act();
  });
  return element("li", {}, button);
}

/** Keep the focus on the chip that was pressed, or near it, if it is no longer there. */
function keepFocus() {
  const again = [...byId("chips").querySelectorAll("button")].find((button) => button.value === pressed);
  if (pressed) {
    (again ?? byId("results")).focus({ preventScroll: true });
  }
  pressed = null;
}

/** Show the chips of a search and of its filters; `change` is called with what the view shall be. */
export function showChips(read, view, change) {
  const ignored = view.ignored ?? [];
  const understood = (read ? chipsOf(read) : []).map(({ key, label }) => {
    const isOn = !ignored.includes(key);
    const next = isOn ? [...ignored, key] : ignored.filter((each) => each !== key);
    return chip(label, isOn, () => change({ ...view, ignored: next }));
  });
  const filters = describeFilters(view.filters).map(({ label, without }) =>
    chip(label, true, () => change({ ...view, filters: without })),
  );
  byId("understood-name").hidden = !understood.length;
  byId("understood-text").textContent = understood.length && read.text ? `about “${read.text}”` : "";
  byId("understood").replaceChildren(...understood);
  byId("filter-chips").replaceChildren(...filters);
  byId("filter-chips-name").hidden = !filters.length;
  byId("chips").hidden = !understood.length && !filters.length;
  keepFocus();
}
