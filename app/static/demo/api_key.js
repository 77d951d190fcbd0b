// The API key of a server that needs one.

import { element } from "./dom.js";
import { API_KEY_KEY, store } from "./storage.js";

const listeners = [];

/** Call the listener when a key was entered. */
export function onKey(listener) {
  listeners.push(listener);
}

export function askForKey(message, tryAgain) {
  const key = window.prompt(`${message}\n\nAPI key for this page:`);
  if (key) {
    store(API_KEY_KEY, key.trim());
    listeners.forEach((listener) => listener());
    tryAgain?.();
  }
}

/** A button that asks for the key, for places that are filled without anybody having asked. */
export function keyButton(problem, tryAgain) {
  const button = element("button", { type: "button", className: "plain", textContent: "Enter an API key" });
  button.addEventListener("click", () => askForKey(problem.message, tryAgain));
  return button;
}
