"""Every shape in which programs save tables and objects as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.indexing.catalogue.files.json_shape import Shape, shape_of
from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import ids, read

FILMS: list[dict[str, Any]] = [
    {"id": n, "title": f"Film {n}", "overview": "What happens. " * 40, "genres": ["Drama", "Crime"], "vote_count": n}
    for n in (278, 238, *range(1000, 2000))
]
IDS = [film["id"] for film in FILMS]
WITHOUT_ID = [{name: value for name, value in film.items() if name != "id"} for film in FILMS]
ROWS = [list(film.values()) for film in FILMS]
NAMES = list(FILMS[0])

SHAPES: dict[str, Any] = {
    "records": FILMS,
    "columns": {name: {str(n): film[name] for n, film in enumerate(FILMS)} for name in NAMES},
    "columns after an index": {
        "Unnamed: 0": {str(n): n for n in range(len(FILMS))},
        **{name: {str(n): film[name] for n, film in enumerate(FILMS)} for name in NAMES},
    },
    "columns as lists": {name: [film[name] for film in FILMS] for name in NAMES},
    "index": {str(n): film for n, film in enumerate(FILMS)},
    "split": {"columns": NAMES, "index": list(range(len(FILMS))), "data": ROWS},
    "table": {
        "schema": {"fields": [{"name": "index", "type": "integer"}], "primaryKey": ["index"], "pandas_version": "1.4"},
        "data": [{"index": n, **film} for n, film in enumerate(FILMS)],
    },
    "values with a header": [NAMES, *ROWS],
    "keyed by id": {str(film["id"]): rest for film, rest in zip(FILMS, WITHOUT_ID, strict=True)},
    "columns of a table indexed by id": {
        name: {str(film["id"]): film[name] for film in FILMS} for name in NAMES if name != "id"
    },
    "split table indexed by id": {"columns": NAMES[1:], "index": IDS, "data": [row[1:] for row in ROWS]},
    "keyed by id in an object": {"movies": {str(film["id"]): film for film in FILMS}},
    "page of results": {"page": 1, "results": FILMS, "total_pages": 1},
    "answer of GraphQL": {"data": {"movies": FILMS}},
    "hits of a search engine": {"took": 1, "hits": {"total": 2, "hits": [{"_id": "x", "_source": f} for f in FILMS]}},
    "records of Airtable": {"records": [{"id": f"rec{n}", "fields": f} for n, f in enumerate(FILMS)], "offset": "x"},
    "library of Plex": {"MediaContainer": {"size": len(FILMS), "title1": "Films", "Metadata": FILMS}},
    "library of Jellyfin": {"Items": FILMS, "TotalRecordCount": len(FILMS)},
    "answer of JSON-RPC": {"id": 1, "jsonrpc": "2.0", "result": {"limits": {"end": 9, "total": 9}, "movies": FILMS}},
    "edges of GraphQL": {"data": {"movies": {"edges": [{"node": film} for film in FILMS], "pageInfo": {}}}},
    "list under an unusual name": {"success": True, "notes": [], "my films": FILMS},
    "list in objects under unusual names": {"answer": {"count": len(FILMS), "payload": FILMS}},
    "answer of SPARQL": {
        "head": {"vars": NAMES},
        "results": {
            "bindings": [
                {
                    name: {"type": "literal", "value": ", ".join(value) if isinstance(value, list) else str(value)}
                    for name, value in film.items()
                }
                for film in FILMS
            ]
        },
    },
    "fixture of Django": [{"model": "films.film", "pk": n, "fields": film} for n, film in enumerate(FILMS)],
}


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_films(tmp_path: Path, shape: str, indent: int | None) -> None:
    catalogue = read(tmp_path / "films.json", json.dumps(SHAPES[shape], indent=indent))

    assert ids(catalogue) == IDS
    assert catalogue.movies[0].genres == ("Drama", "Crime")
    assert [movie.vote_count for movie in catalogue.movies] == [film["vote_count"] for film in FILMS]
    assert catalogue.skipped == {}


def mongo(film: dict[str, Any], **values: object) -> dict[str, Any]:
    return {
        "_id": {"$oid": "5f0c1d2e3a4b5c6d7e8f9012"},
        "id": {"$numberInt": str(film["id"])},
        "title": film["title"],
        "overview": film["overview"],
        "vote_average": {"$numberDouble": "8.7"},
        "vote_count": {"$numberLong": "26000"},
        "genre_ids": [{"$numberInt": "18"}, {"$numberInt": "80"}],
        "release_date": {"$date": "1994-09-23T00:00:00Z"},
        **values,
    }


@pytest.mark.parametrize(
    "day", [{"$date": "1994-09-23T00:00:00Z"}, {"$date": {"$numberLong": "780278400000"}}, {"$date": 780278400000}]
)
def test_mongoexport(tmp_path: Path, day: dict[str, Any]) -> None:
    films = [mongo(film, release_date=day) for film in FILMS[:2]]
    for content in ("\n".join(map(json.dumps, films)), json.dumps(films)):
        movie = read(tmp_path / "films.json", content).movies[0]
        assert (movie.movie_id, movie.genres, movie.release_date) == (278, ("Drama", "Crime"), "1994-09-23")
        assert (movie.vote_average, movie.vote_count) == (8.7, 26000)


def test_an_id_of_mongodb_does_not_hide_the_id_of_the_film(tmp_path: Path) -> None:
    first = mongo(FILMS[0])
    last = {name: value for name, value in first.items() if name != "_id"} | {"_id": first["_id"]}

    assert ids(read(tmp_path / "a.json", json.dumps([first]))) == ids(read(tmp_path / "b.json", json.dumps([last])))
    assert ids(read(tmp_path / "c.json", json.dumps([{"_id": 5, "title": "T", "overview": "O."}]))) == [5]


@pytest.mark.parametrize(
    "content",
    [
        '{ "_id" : ObjectId("5f00"), "id" : NumberInt(278), "title" : "T", "overview" : "O." }\n',
        "{'id': 278, 'title': 'T', 'overview': 'O.', 'adult': False, 'tagline': None}\n" * 2,
        '{"id": 278, "title": "T", "overview": "O."},\n{"id": 279, "title": "U", "overview": "O."},\n',
        '[\n{"id": 278, "title": "T", "overview": "O."},\n{"id": 279, "title": "U", "overview": "O."},\n]\n',
        '{"id": 278, "title": "T", "overview": "O."},\n{"id": 279, "title": "U", "overview": "O."}]',
        '\ufeff{"id": 278, "title": "T", "overview": "O."}\r\n',
    ],
    ids=["mongo's shell", "Python", "commas", "list with a last comma", "end of a list", "mark and CRLF"],
)
def test_lines_that_are_nearly_json(tmp_path: Path, content: str) -> None:
    assert read(tmp_path / "films.jsonl", content).movies[0].movie_id == 278


def test_lists_without_names_need_the_positions_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    path.write_text(json.dumps(ROWS))

    with pytest.raises(IndexingError, match=r"list of lists without names.*--column id=0 --column title=1"):
        read_catalogue(path)
    columns = (("id", "0"), ("title", "1"), ("overview", "2"), ("genres", "3"))
    assert ids(read_catalogue(path, ReaderOptions(columns=columns))) == IDS


def test_an_index_that_counts_from_0_is_not_an_id(tmp_path: Path) -> None:
    path = tmp_path / "films.json"
    path.write_text(json.dumps(dict(enumerate(WITHOUT_ID))))

    with pytest.raises(IndexingError, match=r"1,002 no id.*--number-rows"):
        read_catalogue(path)
    assert ids(read_catalogue(path, ReaderOptions(number_rows=True))) == list(range(1, 1003))


def test_only_the_broken_film_of_a_keyed_object_is_skipped(tmp_path: Path) -> None:
    text = json.dumps(SHAPES["keyed by id"]).replace('"title": "Film 1500"', '"title": Film 1500')
    catalogue = read(tmp_path / "films.json", text)

    assert ids(catalogue) == [n for n in IDS if n != 1500]
    assert catalogue.skipped == {"broken JSON": 1}


@pytest.mark.parametrize("shape", ["columns", "split", "keyed by id", "page of results"])
def test_a_cut_text_is_refused_or_gives_its_complete_films(tmp_path: Path, shape: str) -> None:
    text = json.dumps(SHAPES[shape])
    try:
        catalogue = read(tmp_path / "films.json", text[: len(text) // 2])
    except IndexingError as error:
        assert "fetch it again" in str(error)
    else:
        assert catalogue.skipped


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"id": 1, "title": "T"}', Shape.OBJECTS),
        ('{"genres": ["Drama"], "id": 1}', Shape.OBJECTS),
        ('{"belongs_to_collection": {"id": 1, "name": "C"}, "id": 5}', Shape.OBJECTS),
        ('{"id": 5, "cast": [{"name": "A", "popularity": 1}]}', Shape.OBJECTS),
        ('{"films_list": [{"title": "T", "plot": "P"}]}', Shape.OTHER_PAGES),
        ('{"_id": {"$oid": "5f"}, "id": 5}', Shape.OBJECTS),
        ('{"credits": {"cast": []}, "title": "T"}', Shape.OBJECTS),
        ('[{"id": 1}]', Shape.OBJECTS),
        ("[[1, 2]]", Shape.LISTS),
        ("{}", Shape.OBJECTS),
        ('{"a": ', Shape.OBJECTS),
    ],
)
def test_shapes_that_are_easily_mistaken(text: str, shape: Shape) -> None:
    assert shape_of(text)[0] is shape


def test_a_key_that_is_not_json_is_used_unchanged(tmp_path: Path) -> None:
    text = json.dumps(SHAPES["keyed by id"]).replace('"1500":', '"15\\x00":', 1)

    assert len(read(tmp_path / "films.json", text).movies) == len(IDS) - 1


def test_a_repeated_column_of_a_table_fills_empty_cells_of_the_first(tmp_path: Path) -> None:
    rows = [[1, "One", "A ferry.", "Two"], [2, None, "A train.", "Second"]]
    table = {"columns": ["id", "title", "overview", "title"], "index": [0, 1], "data": rows}

    assert [movie.title for movie in read(tmp_path / "films.json", json.dumps(table)).movies] == ["One", "Second"]


@pytest.mark.parametrize("name", ["items", "data", "results", "shows"])
def test_a_film_with_a_list_named_like_a_page_is_a_film(tmp_path: Path, name: str) -> None:
    films = [{"id": n, "title": f"Film {n}", "plot": "A ferry crosses at night.", name: ["a", "b"]} for n in (1, 2)]

    assert ids(read(tmp_path / "films.jsonl", "\n".join(map(json.dumps, films)))) == [1, 2]
