// Descriptions to try.

import { HUES } from "./cards.js";
import { byId, element } from "./dom.js";
import { countSynopsis } from "./form.js";

const EXAMPLES = [
  ["Mystery", "A lighthouse keeper and his new assistant are cut off by storms, and one of them stops telling the truth."],
  ["Romance", "Two strangers meet on a night train and talk until the morning, knowing that they will have to part."],
  ["Crime", "A crew plans one last robbery, and somebody among them has been talking to the police."],
  ["Science Fiction", "A robot double stirs up the workers of a city whose rulers live in towers above it."],
  ["Western", "A gunman who has put his weapons away takes them up once more to settle an old debt."],
  ["Family", "A lonely child finds a creature that nobody else may see, and has to help it home."],
];

export function showExamples(search) {
  const cards = EXAMPLES.map(([genre, text]) => {
    const card = element("button", { type: "button" }, element("span", { className: "text", textContent: text }),
      element("span", { className: "quiet", textContent: genre }));
    card.style.setProperty("--hue", HUES[genre]);
    card.addEventListener("click", () => {
      byId("synopsis").value = text;
      countSynopsis();
      search();
    });
    return element("li", {}, card);
  });
  byId("examples").replaceChildren(...cards);
}
