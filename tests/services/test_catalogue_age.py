"""The age of a catalogue and its warnings."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services.catalogue_age import age_in_days, catalogue_warnings


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days, hours=1)).isoformat(timespec="seconds")


@pytest.mark.parametrize("days", [0, 1, 200])
def test_age_in_whole_days(days: int) -> None:
    assert age_in_days(days_ago(days)) == days


@pytest.mark.parametrize("built_at", [None, "yesterday"])
def test_an_unknown_age(built_at: str | None) -> None:
    assert age_in_days(built_at) is None


def test_a_catalogue_older_than_six_months_gets_a_warning() -> None:
    assert catalogue_warnings(days_ago(180)) == []
    assert any("190 days" in warning for warning in catalogue_warnings(days_ago(190)))
