// Ratings in the CSV files that Letterboxd and IMDb export.

const SERIES = /series|episode|game|podcast|music video/i;

/** Split CSV into rows of cells. Quoted cells may hold commas, quotes and line breaks. */
function rowsOf(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") {
      break;
    }
    if (end !== ",") {
      rows.push([]);
    }
  }
  return rows.filter((cells) => cells.some(Boolean));
}

/** Return {films: [{title, year, rating}], others}, newest first, or throw an Error that says what is wrong. */
export function readRatings(text) {
  const [head = [], ...rows] = rowsOf(text.replace(/^\uFEFF/, ""));
  const column = (...names) => head.findIndex((name) => names.includes(name.trim()));
  const [title, original] = [column("Name", "Title"), column("Original Title")];
  const [year, rating, outOfTen] = [column("Year"), column("Rating"), column("Your Rating")];
  if (title < 0 || (rating < 0 && outOfTen < 0)) {
    throw new Error("This is no ratings file. Choose ratings.csv from Letterboxd's or IMDb's export.");
  }
  const [type, date, id] = [column("Title Type"), column("Date Rated", "Date"), column("Const")];
  const stars = (cells) => (outOfTen >= 0 ? Number(cells[outOfTen]) / 2 : Number(cells[rating]));
  const rated = rows.filter((cells) => stars(cells) >= 0.5 && stars(cells) <= 5);
  const films = rated.filter((cells) => !SERIES.test(cells[type] ?? ""));
  films.sort((one, other) => (other[date] ?? "").localeCompare(one[date] ?? ""));
  return {
    films: films.map((cells) => ({
      title: cells[title],
      originalTitle: cells[original] ?? "",
      imdbId: cells[id] ?? "",
      year: Number(cells[year]) || null,
      rating: stars(cells),
    })),
    others: rated.length - films.length,
  };
}
