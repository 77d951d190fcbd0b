// What the browser keeps. Without storage the page works and keeps nothing.

export const TASTE_KEY = "films-like-this.taste";
export const API_KEY_KEY = "films-like-this.api-key";

export function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is off
  }
}

/** Keep a value. False if storage is off or full. */
export function store(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
