// The API key of a server that needs one.

import { byId } from "./dom.js";
import { API_KEY_KEY, store } from "./storage.js";

/** Show the form for the key. */
export function askForKey(problem) {
  byId("key-message").textContent = problem.message;
  byId("key").hidden = false;
}

/** Call the listener each time a key was entered. */
export function connectKey(listener) {
  byId("key").addEventListener("submit", (event) => {
    event.preventDefault();
    store(API_KEY_KEY, byId("key-value").value.trim());
    byId("key").hidden = true;
    listener();
  });
}
