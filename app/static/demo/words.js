// Films, years, lengths and languages in words.

const names = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

export const nameOf = (film) => (film.year ? `${film.title} (${film.year})` : film.title);

export const number = (value) => value.toLocaleString("en");

/** Characters as the server counts them: an emoji is one. */
export const lengthOf = (text) => [...text].length;

export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

export function languageName(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code; // not a language code
  }
}

export function runtimeName(minutes) {
  const hours = Math.floor(minutes / 60);
  return [hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ");
}

/** "1980s", "1985", "1980–1987", "from 1980" or "up to 1987". */
export function yearsName([min, max]) {
  if (min === max || (min && max && min % 10 === 0 && max === min + 9)) {
    return min === max ? String(min) : `${min}s`;
  }
  if (min && max) {
    return `${min}–${max}`;
  }
  return min ? `from ${min}` : `up to ${max}`;
}
