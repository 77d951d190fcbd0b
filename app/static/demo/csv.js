// Ratings in the CSV files that Letterboxd and IMDb export, as they are or saved again by a spreadsheet.

const SERIES = /series|episode|game|podcast|music video/i;

/** Return what parts the cells: a comma or, from a spreadsheet in other languages, a semicolon or a tab. */
function delimiterOf(text) {
  const [head] = text.split(/[\r\n]/, 1);
  const count = (mark) => head.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** Split CSV into rows of cells. Quoted cells may hold delimiters, quotes and line breaks. */
function rowsOf(text) {
  const rows = [[]];
  const mark = delimiterOf(text);
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${mark}\\r\\n]*))(${mark}|\\r\\n|\\n|\\r|$)`, "g");
  for (const [, quoted, plain, end] of text.matchAll(cell)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") {
      break;
    }
    if (end !== mark) {
      rows.push([]);
    }
  }
  return rows.filter((cells) => cells.some(Boolean));
}

/** Return {films: [{title, year, rating}], others, unrated}, newest first, or throw an Error that says what is wrong. */
export function readRatings(text) {
  const [head = [], ...rows] = rowsOf(text.replace(/^\uFEFF/, ""));
  const column = (...names) => head.findIndex((name) => names.includes(name.trim().toLowerCase()));
  const [title, original] = [column("name", "title"), column("original title")];
  const [year, rating, outOfTen] = [column("year"), column("rating"), column("your rating", "rating10")];
  if (title < 0 || (rating < 0 && outOfTen < 0)) {
    throw new Error("This is no ratings file. Choose ratings.csv from Letterboxd's or IMDb's export.");
  }
  const [type, date, id] = [column("title type"), column("date rated", "date"), column("const", "imdbid")];
  const numberIn = (cell) => Number(cell?.replace(",", "."));
  const stars = (cells) => (outOfTen >= 0 ? numberIn(cells[outOfTen]) / 2 : numberIn(cells[rating]));
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
    unrated: rows.length - rated.length,
  };
}
