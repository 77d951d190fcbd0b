// Calls to the API, and what went wrong with them in words.

import { API_KEY_KEY, stored } from "./storage.js";

const UNKNOWN_KEY = "The server does not know the API key that was entered.";

/** What went wrong with a call, in words for the person at the page. */
export class Problem extends Error {
  constructor(message, status = 0, fields = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

function describeRequest({ path, query, body }) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of [value].flat()) {
      url.searchParams.append(name, item);
    }
  }
  return { url: url.href, body: body && JSON.stringify(body) };
}

export async function call(request, signal) {
  const { url, body } = describeRequest(request);
  const headers = {};
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  const key = stored(API_KEY_KEY);
  if (key) {
    if (/[^\x20-\xff]/.test(key)) {
      throw new Problem(UNKNOWN_KEY, 401); // a header cannot carry it
    }
    headers["X-API-Key"] = key;
  }
  let response;
  try {
    response = await fetch(url, { method: body ? "POST" : "GET", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Problem("The server cannot be reached. Check the connection, then try again.");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw response.status === 401 && key ? new Problem(UNKNOWN_KEY, 401) : problemOf(response, answer.detail);
  }
  return answer;
}

function problemOf(response, detail) {
  if (Array.isArray(detail)) {
    return new Problem(detail.map((field) => field.msg).join(" "), response.status, detail);
  }
  const said = typeof detail === "string" ? detail : `The server answered ${response.status}.`;
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get("Retry-After")) || 1;
    return new Problem(`${said} (Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}.)`, response.status);
  }
  return new Problem(said, response.status);
}

export function asCurl(request) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const { url, body } = describeRequest(request);
  const parts = [`curl ${quote(url)}`];
  if (stored(API_KEY_KEY)) {
    parts.push("-H 'X-API-Key: YOUR_KEY'");
  }
  if (body) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(body)}`);
  }
  return parts.join(" \\\n  ");
}
