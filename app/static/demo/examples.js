// Three searches to try on a first visit, one of each kind.

import { searchAddress } from "./address.js";
import { byId, element } from "./dom.js";
import { hueOf } from "./poster.js";

const EXAMPLES = [
  ["A story", "A robot double stirs up the workers of a city whose rulers live in towers above it.", "Science Fiction"],
  ["A request", "a 1980s comedy about a ghost in New York, not a musical", "Comedy"],
  ["A name", "films by Akira Kurosawa", "Drama"],
];

export function showExamples() {
  const cards = EXAMPLES.map(([kind, text, genre]) => {
    const link = element("a", { href: searchAddress(text) },
      element("span", { className: "quiet", textContent: kind }), element("span", { className: "text", textContent: text }));
    link.style.setProperty("--hue", hueOf(genre));
    return element("li", {}, link);
  });
  byId("examples").replaceChildren(...cards);
}
