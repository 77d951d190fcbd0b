// Why a film was chosen, in a sentence or two, from the answer's `why`.

import { element } from "./dom.js";

const list = (names) => names.join(", ");

function wordsOf(why) {
  return why.words?.length ? [`Shares ${list(why.words.map((word) => `“${word.word ?? word}”`))}`] : [];
}

function genresOf(why) {
  const { met = [], missed = [] } = why.genres ?? {};
  return [met.length && `is ${list(met)}`, missed.length && `is not ${list(missed)}`].filter(Boolean);
}

/** Return the parts of the line under a film; none if the server gives no reasons. */
export function whyOf({ why }) {
  if (!why) {
    return [];
  }
  const sentence = why.sentence ? [element("q", { textContent: why.sentence })] : [];
  const reasons = [...wordsOf(why), ...genresOf(why)].join("; ");
  return [...sentence, ...(reasons ? [element("span", { textContent: `${reasons}.` })] : [])];
}
