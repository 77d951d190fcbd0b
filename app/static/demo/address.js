// A view as an address and back. A view is {kind, filters, sort} with a search's query and ignored chips, or a film's id.
// The address holds all of it in words, so that it can be shared; a long description goes behind "#", which browsers
// don't send to the server.

const MAX_IN_QUERY = 500;
const LISTS = ["genres_any", "genres_none"];
const NUMBERS = ["year_min", "year_max", "runtime_max", "min_vote_average", "min_vote_count"];
const TEXTS = ["original_language", "type"];
const ORDERS = ["year", "votes"];
const FILM = /^(\d{1,16})(?:-(.*))?$/;
const OLD_FILM = /^#film\/(\d{1,16})$/; // addresses of the page's first version

function filtersIn(given) {
  const filters = {};
  for (const name of LISTS.filter((each) => given.has(each))) {
    filters[name] = given.getAll(name);
  }
  for (const name of NUMBERS.filter((each) => Number(given.get(each)))) {
    filters[name] = Number(given.get(name));
  }
  for (const name of TEXTS.filter((each) => given.get(each))) {
    filters[name] = given.get(name);
  }
  return filters;
}

/** Return the view that an address names. */
export function viewOf({ search, hash }) {
  const given = new URLSearchParams(search);
  const shared = { filters: filtersIn(given), sort: ORDERS.find((each) => each === given.get("sort")) };
  const [, film, slug] = FILM.exec(given.get("film") ?? "") ?? OLD_FILM.exec(hash) ?? [];
  const query = given.get("query") ?? new URLSearchParams(hash.slice(1)).get("query");
  if (film) {
    return { kind: "film", id: Number(film), slug, ...shared };
  }
  if (given.get("view") === "taste" || hash === "#taste") {
    return { kind: "taste", ...shared };
  }
  if (query?.trim()) {
    return { kind: "search", query: query.trim(), ignored: given.getAll("ignored"), ...shared };
  }
  return { kind: "welcome", ...shared };
}

/** Return the address of a view, relative to the page. */
export function addressOf(view) {
  const named = new URLSearchParams();
  const isLong = view.kind === "search" && view.query.length > MAX_IN_QUERY;
  if (view.kind === "search" && !isLong) {
    named.append("query", view.query);
  } else if (view.kind === "film") {
    named.append("film", view.slug ? `${view.id}-${view.slug}` : view.id);
  } else if (view.kind === "taste") {
    named.append("view", "taste");
  }
  for (const [name, value] of Object.entries({ ...view.filters, sort: view.sort || [], ignored: view.ignored ?? [] })) {
    [value].flat().forEach((item) => named.append(name, item));
  }
  const address = `demo${named.size ? `?${readable(named)}` : ""}`;
  return isLong ? `${address}#${new URLSearchParams({ query: view.query })}` : address;
}

const readable = (named) => String(named).replaceAll("%3A", ":").replaceAll("%2C", ",");

/** Return the address of a film's own view. */
export function filmAddress(film) {
  return addressOf({ kind: "film", id: film.movie_id, slug: slugOf(film.title) });
}

export const searchAddress = (query) => addressOf({ kind: "search", query });

export function slugOf(title) {
  const plain = title.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
}
