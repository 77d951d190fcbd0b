"""Encodings: by name, by byte-order mark, UTF-8, or one guess for the whole file."""

import json
from pathlib import Path

import pytest

from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue
from app.indexing.errors import IndexingError
from tests.indexing.catalogue.catalogue_files import read

TEXTS = {
    "gbk": [
        "霸王别姬|两位京剧演员半个世纪的悲欢离合,以及一个女人介入他们之间。",
        "活着|一家人在几十年的动荡中努力活下去。",
    ],
    "big5": [
        "悲情城市|一個台灣家庭在動盪年代的遭遇,兄弟四人各有不同的命運。",
        "牯嶺街|少年在台北的街頭捲入幫派衝突。",
    ],
    "shift_jis": [
        "七人の侍|野武士に襲われる村を守るために、農民たちは七人の侍を雇う。",
        "羅生門|一つの事件を四人がそれぞれ語る。",
    ],
    "euc_jp": [
        "七人の侍|野武士に襲われる村を守るために、農民たちは七人の侍を雇う。",
        "羅生門|一つの事件を四人がそれぞれ語る。",
    ],
    "euc_kr": [
        "올드보이|이유도 모른 채 감금되었다가 풀려난 남자가 복수를 시작한다.",
        "살인의 추억|두 형사가 연쇄살인범을 쫓는다.",
    ],
    "cp1251": [
        "Сталкер|Проводник ведёт писателя и профессора в таинственную Зону.",
        "Зеркало|Умирающий поэт вспоминает детство.",
    ],
    "cp1254": [
        "Kış Uykusu|Küçük bir oteli işleten eski oyuncu, karısıyla yaşar.",
        "Uzak|İstanbul'a gelen akrabası iş arıyor, ağır ağır.",
    ],
    "cp1250": [
        "Dług|Dwaj przyjaciele wpadają w ręce szantażysty i tracą wszystko.",
        "Dekalog|Dziesięć opowieści z osiedla.",
    ],
    "iso8859_2": [
        "Dług|Dwaj przyjaciele wpadają w ręce szantażysty; ktoś się śmieje.",
        "Dekalog|Dziesięć opowieści o życiu.",
    ],
    "mac_roman": [
        "Amélie|A shy waitress’s life — and Juárez.",
        "Léon|A girl learns from a hitman in “Little Italy”.",
    ],
    "cp1252": [
        "Amélie|A shy waitress’s life — and Juárez.",
        "Léon|A girl learns from a hitman in “Little Italy”.",
    ],
    "latin_1": [
        "Amélie|A shy waitress changes lives in Montmartre.",
        "Señorita|A documentary on the murders in Juárez.",
    ],
    "cp1253": [
        "Ο θίασος|Ένας περιοδεύων θίασος ταξιδεύει στην Ελλάδα.",
        "Ταξίδι|Ένα ταξίδι στα Κύθηρα.",
    ],
    "iso2022_jp": [
        "七人の侍|農民たちは七人の侍を雇う。",
        "羅生門|一つの事件を四人がそれぞれ語る。",
    ],
    "utf-16": [
        "Сталкер|Проводник ведёт писателя.",
        "Amélie|A shy waitress.",
    ],
    "utf-32": [
        "Сталкер|Проводник ведёт писателя.",
        "Amélie|A shy waitress.",
    ],
    "utf-16-le": [
        "Amélie|A shy waitress changes the lives of those around her.",
        "Léon|A girl learns.",
    ],
}


def films(encoding: str) -> list[tuple[str, str]]:
    return [(title, overview) for title, overview in (text.split("|") for text in TEXTS[encoding])]


def csv_of(encoding: str) -> bytes:
    rows = "".join(f'{n},{title},"{overview}"\n' for n, (title, overview) in enumerate(films(encoding), start=1))
    return ("id,title,overview\n" + rows).encode(encoding)


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_of_a_csv_is_detected(tmp_path: Path, encoding: str) -> None:
    movies = read(tmp_path / "films.csv", csv_of(encoding)).movies

    assert [(movie.title, movie.overview) for movie in movies] == films(encoding)


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_of_json_is_detected(tmp_path: Path, encoding: str) -> None:
    rows = [{"id": n, "title": title, "overview": text} for n, (title, text) in enumerate(films(encoding), start=1)]
    movies = read(tmp_path / "films.json", json.dumps(rows, ensure_ascii=False, indent=1).encode(encoding)).movies

    assert [(movie.title, movie.overview) for movie in movies] == films(encoding)


@pytest.mark.parametrize("encoding", TEXTS)
def test_an_encoding_that_is_given_is_used(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(csv_of(encoding))
    catalogue = read_catalogue(path, ReaderOptions(encoding=encoding))

    assert [(movie.title, movie.overview) for movie in catalogue.movies] == films(encoding)
    assert "guess" not in "\n".join(catalogue.summary())


def test_a_guess_is_reported_with_its_confidence(tmp_path: Path) -> None:
    catalogue = read(tmp_path / "films.csv", csv_of("cp1251"))

    assert catalogue.notes[0].startswith("  encoding: cp1251, a guess (confidence 0.")
    assert catalogue.notes[0].endswith("of 1); --encoding NAME sets another")
    assert catalogue.warnings == ()


def test_a_guess_from_too_little_text_is_a_warning(tmp_path: Path) -> None:
    catalogue = read(tmp_path / "films.csv", "id,title,overview\n1,Café,Plain.\n".encode("cp1252"))

    assert catalogue.movies[0].title == "Café"
    assert catalogue.warnings[0].startswith("encoding: cp1252, a guess")


def test_few_words_of_another_script_far_into_an_english_file_are_read(tmp_path: Path) -> None:
    english = "".join(f"{n},Film {n},Nothing but English in this row.\n" for n in range(1, 9000))
    foreign = "".join(f"{n},霸王别姬,两位京剧演员半个世纪的悲欢离合。\n" for n in range(9000, 9010))
    movies = read(tmp_path / "films.csv", ("id,title,overview\n" + english + foreign).encode("gbk")).movies

    assert (movies[0].title, movies[-1].title) == ("Film 1", "霸王别姬")


def test_a_few_lines_that_are_not_utf_8_do_not_change_the_others(tmp_path: Path) -> None:
    good = "".join(f"{n},Café № {n},Naïve.\n" for n in range(1, 30)).encode()
    catalogue = read(tmp_path / "films.csv", b"id,title,overview\n" + good + "77,Señor,Piñata.\n".encode("cp1252"))

    assert (catalogue.movies[0].title, catalogue.movies[-1].title) == ("Café No 1", "Señor")
    assert "1 lines are not UTF-8: read as cp1252, a guess" in catalogue.notes[0]


def test_characters_that_the_given_encoding_does_not_have_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes("id,title,overview\n1,Café,Naïve.\n".encode("cp1252"))
    catalogue = read_catalogue(path, ReaderOptions(encoding="utf-8"))

    assert "  2 characters that utf-8 does not have, read as \ufffd" in catalogue.notes


@pytest.mark.parametrize("name", ["utf-16", "utf-32", "idna", "punycode", "undefined"])
def test_an_encoding_that_cannot_be_the_files_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(csv_of("cp1251"))

    with pytest.raises(IndexingError, match=r"cannot be read as .*: set another --encoding"):
        read_catalogue(path, ReaderOptions(encoding=name))


@pytest.mark.parametrize("name", ["klingon", "rot13", "base64", "\0"])
def test_an_unknown_encoding_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "films.csv"
    path.write_bytes(csv_of("cp1251"))

    with pytest.raises(IndexingError, match="is not known: use a name such as utf-8"):
        read_catalogue(path, ReaderOptions(encoding=name))


@pytest.mark.parametrize(
    ("title", "decoded"),
    [
        ("CafÃ© de Flore", "Café de Flore"),
        ("Itâ€™s a â€œtestâ€\x9d", "It’s a “test”"),
        ("РџСЂРёРІРµС‚", "Привет"),
        ("CafÃƒÂ©", "Café"),
        ("Ã€ bout de souffle", "À bout de souffle"),
    ],
)
def test_utf_8_that_was_decoded_in_another_encoding_is_repaired(tmp_path: Path, title: str, decoded: str) -> None:
    catalogue = read(tmp_path / "films.csv", f"id,title,overview\n1,{title},Plain.\n")

    assert catalogue.movies[0].title == decoded
    assert catalogue.notes[0].startswith("  repaired 1: titles and overviews in UTF-8")


@pytest.mark.parametrize("title", ["Amélie — “x”", "L’été", "São Paulo, Ñandú", "Привет", "千と千尋", "Ã", "naïve Âge"])
def test_other_text_is_not_repaired(tmp_path: Path, title: str) -> None:
    assert read(tmp_path / "films.csv", f"id;title;overview\n1;{title};Plain.\n").movies[0].title == title
