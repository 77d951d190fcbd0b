import pytest

from app.services.names.person_names import known_name

KNOWN = {"Joel Coen", "Sammy Davis, Jr."}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Coen, Joel", "Joel Coen"),
        ("Coen,Joel", "Joel Coen"),
        ("Joel Coen", "Joel Coen"),
        ("Sammy Davis, Jr.", "Sammy Davis, Jr."),
        ("Nobody, At All", "Nobody, At All"),
        (",", ","),
    ],
)
def test_a_name_with_the_last_name_first_is_turned_if_only_then_it_is_known(written: str, found: str) -> None:
    assert known_name(written, KNOWN.__contains__) == found
