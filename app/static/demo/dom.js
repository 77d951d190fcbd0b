// Short forms for the document: elements, icons and a pause before acting.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Make an element from properties, attributes (role and names with a hyphen) and children. Text stays text. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "role" || key.includes("-")) {
      made.setAttribute(key, value);
    } else {
      made[key] = value;
    }
  }
  made.append(...children);
  return made;
}

/** Make text that is read aloud and not shown. */
export const spoken = (text) => element("span", { className: "hidden", textContent: text });

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Show the element with this text, or hide it if there is none. */
export function setText(place, text) {
  place.textContent = text ?? "";
  place.hidden = !text;
}

export function later(pause, act) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(act, pause, ...values);
  };
}
