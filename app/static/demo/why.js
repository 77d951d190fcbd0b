// Why a film was chosen: the sentence of its overview that is nearest, and what it shares with what was asked for.

import { element } from "./dom.js";

const MAX_WORDS = 6;

function reasonsOf({ words, genres_met: met, genres_missed: missed, year_met: isOfYears }, isAsked) {
  return [
    words?.length && `shares ${words.slice(0, MAX_WORDS).map((word) => `“${word}”`).join(", ")}`,
    met?.length && (isAsked ? `${met.join(", ")} as asked` : `also ${met.join(", ")}`),
    isAsked && missed?.length && `not ${missed.join(", ")}`,
    isOfYears === true && "of the years asked for",
    isOfYears === false && "not of the years asked for",
  ].filter(Boolean);
}

/** Return the parts of the note under a film; none if the server gives no reasons. `isAsked`: whether genres were. */
export function whyOf({ why, overview }, isAsked) {
  if (!why) {
    return [];
  }
  const isShown = !why.sentence || overview?.startsWith(why.sentence); // the overview begins above
  const sentence = isShown ? [] : [element("q", { textContent: why.sentence })];
  const reasons = reasonsOf(why, isAsked).join("; ");
  const sum = reasons ? [element("span", { textContent: `${reasons[0].toUpperCase()}${reasons.slice(1)}.` })] : [];
  return [...sentence, ...sum];
}
