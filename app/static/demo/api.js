// Calls to the API, and what went wrong with them in words.

import { API_KEY_KEY, stored } from "./storage.js";

const MAX_REMEMBERED = 60;
const UNREADABLE = "The answer did not come whole, or not from this service. Check the connection, then try again.";
const UNKNOWN_KEY = "The server does not know the API key that was entered.";

const remembered = new Map(); // answers of this visit by request, for Back

/** What went wrong with a call, in words for the person at the page. */
export class Problem extends Error {
  constructor(message, { status = 0, fields = [], wait = 0 } = {}) {
    super(message);
    this.status = status;
    this.fields = fields;
    this.wait = wait;
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

function headersFor(body) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const key = stored(API_KEY_KEY);
  if (key && /[^\x20-\xff]/.test(key)) {
    throw new Problem(UNKNOWN_KEY, { status: 401 }); // a header cannot carry it
  }
  return key ? { ...headers, "X-API-Key": key } : headers;
}

async function send(url, body, signal) {
  try {
    return await fetch(url, { method: body ? "POST" : "GET", headers: headersFor(body), body, signal });
  } catch (error) {
    if (error.name === "AbortError" || error instanceof Problem) {
      throw error;
    }
    throw new Problem(
      navigator.onLine
        ? "The server cannot be reached. Check the connection, then try again."
        : "You are offline. The films come as soon as the connection is back.",
    );
  }
}

/** Return the answer to a request; throws a Problem, or an AbortError. */
export async function call(request, signal) {
  const { url, body } = describeRequest(request);
  const response = await send(url, body, signal);
  const answer = await response.json().catch(() => null); // cut short, or a page of something on the way
  signal?.throwIfAborted();
  if (!response.ok) {
    throw problemOf(response, answer?.detail);
  }
  if (!answer) {
    throw new Problem(UNREADABLE);
  }
  remembered.set(url + (body ?? ""), answer);
  if (remembered.size > MAX_REMEMBERED) {
    remembered.delete(remembered.keys().next().value);
  }
  return answer;
}

/** Return the answer that this request had before, or call. */
export async function recall(request, signal) {
  const { url, body } = describeRequest(request);
  return remembered.get(url + (body ?? "")) ?? call(request, signal);
}

function problemOf(response, detail) {
  const { status } = response;
  if (status === 401 && stored(API_KEY_KEY)) {
    return new Problem(UNKNOWN_KEY, { status });
  }
  if (Array.isArray(detail)) {
    return new Problem(detail.map((field) => field.msg).join(" "), { status, fields: detail });
  }
  const said = typeof detail === "string" ? detail : `The server answered ${status}.`;
  if (status === 429 || status === 503) {
    const wait = Number(response.headers.get("Retry-After")) || 1;
    return new Problem(`${said} (Wait ${wait} ${wait === 1 ? "second" : "seconds"}.)`, { status, wait });
  }
  return new Problem(said, { status });
}

/** Return the request as a command line. */
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
