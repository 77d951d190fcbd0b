"""The lock file contains the pins of the requirements."""

import re

from tests.running_server import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return {found[1].lower().replace("_", "-"): found[2] for found in PIN.finditer((ROOT / name).read_text("utf-8"))}


def test_every_requirement_is_in_the_lock_file_with_a_hash() -> None:
    locked = pins("requirements.lock")
    for name in sorted(path.name for path in ROOT.glob("requirements*.txt")):
        assert pins(name).items() <= locked.items(), f"{name} has changed: regenerate requirements.lock"
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert text.count("--hash=sha256:") >= len(locked)
    assert "://" not in text
