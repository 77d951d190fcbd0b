"""Lists of names in the notations of catalogues."""

import pytest

from app.indexing.catalogue.fields.names import names


@pytest.mark.parametrize(
    "value",
    [
        ["rain", "night ferry"],
        ("rain", "night ferry"),
        [{"id": 1, "name": "rain"}, {"name": "night ferry"}],
        {"keywords": [{"id": 1, "name": "rain"}, {"name": "night ferry"}]},
        {"results": [{"name": "rain"}, {"name": "night ferry"}]},
        {"0": "rain", "1": "night ferry"},
        "rain, night ferry",
        "rain|night ferry",
        "rain; night ferry",
        "rain、night ferry",
        "['rain', 'night ferry']",
        "['rain' 'night ferry']",
        "{rain,night ferry}",
        "{'rain', 'night ferry'}",
        '"[\\"rain\\", \\"night ferry\\"]"',
        "array(['rain', 'night ferry'], dtype=object)",
        "[rain, night ferry]",
        "[{'name': 'rain', 'id': None}, {'name': 'night ferry'}]",
    ],
)
def test_two_names_in_every_notation(value: object) -> None:
    assert names(value) == ("rain", "night ferry")


@pytest.mark.parametrize("value", ["['It\\'s', \"x\"]", '["It\'s" "x"]', "[\"It's\", 'x']", '{"It\'s",x}'])
def test_quotes_inside_names(value: str) -> None:
    assert names(value) == ("It's", "x")


@pytest.mark.parametrize(
    "value", [None, "", "[]", "nan", "[nan]", "set()", 5, "[{", "[" * 5000, "{'a': " * 5000, [None]]
)
def test_values_without_names(value: object) -> None:
    assert names(value) == ()


def test_an_object_without_a_name_gives_none() -> None:
    assert names([{"id": 13091, "name": ""}, {"id": 1, "name": "rain"}]) == ("rain",)
