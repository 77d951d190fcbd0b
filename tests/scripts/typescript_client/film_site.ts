// What a film site asks for, through a client generated from the OpenAPI document.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };

type Film = components["schemas"]["Movie"];

const api = createClient<paths>({ baseUrl: process.argv[2] ?? "http://localhost:8000" });
const poster = (film: Film) => film.poster_path && `https://image.tmdb.org/t/p/w342${film.poster_path}`;

// A search box
const found = await api.GET("/api/v1/movies", { params: { query: { query: "metrop", limit: 5 } } });
const film = found.data?.results[0];
if (!film) throw new Error("no film found");
console.log("search box:", film.title, film.year, poster(film) ?? "(no poster)");

// A film page
const similar = await api.GET("/api/v1/movies/{movie_id}/similar", {
  params: { path: { movie_id: film.movie_id }, query: { top_k: 3, genres_none: ["Horror"] } },
});
console.log("film page:", similar.data?.recommendations.map((each) => each.title));

// A plot in somebody's own words
const recommended = await api.POST("/api/v1/recommend", {
  body: { synopsis: "Two strangers meet on a train and talk through the night.", top_k: 3 },
});
console.log("synopsis:", recommended.data?.recommendations.map((each) => [each.title, each.similarity_score]));

// A taste page
const taste = await api.POST("/api/v1/recommend/taste", { body: { liked: [film.movie_id], top_k: 3 } });
console.log("taste page:", taste.data?.recommendations.map((each) => each.title));

// Errors have types too
const refused = await api.POST("/api/v1/recommend", { body: { synopsis: "short" } });
if (refused.error && Array.isArray(refused.error.detail)) {
  const [problem] = refused.error.detail;
  console.log("refused:", problem?.loc.join("."), problem?.msg);
}
const unknown = await api.GET("/api/v1/movies/{movie_id}", { params: { path: { movie_id: 999999999 } } });
console.log("unknown:", unknown.response.status, unknown.error?.detail);
