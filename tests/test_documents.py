"""The Markdown documents: links and named files exist, and README stays short."""

import re
from pathlib import Path

import pytest

from tests.running_server import ROOT

MAX_README_LINES = 200
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
SOURCE_FILE = re.compile(r"`((?:app|api|core|services|indexing|tests)/[\w/]+(?:\.py|/))`")
FENCED_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def prose(document: Path) -> str:
    return FENCED_CODE.sub("", document.read_text("utf-8"))


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = HEADING.findall(prose(document))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative_links(document: Path) -> list[str]:
    links: list[str] = LINK.findall(prose(document))
    return [link for link in links if "://" not in link and not link.startswith("mailto:")]


def problem(document: Path, link: str) -> str | None:
    """Return what is wrong with a relative link, or None if it has a target."""
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.is_relative_to(ROOT) or not target.exists():
        return f"{link}: no such file"
    if anchor and anchor not in anchors(target):
        return f"{link}: no such heading"
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_have_a_target(document: Path) -> None:
    problems = [found for link in relative_links(document) if (found := problem(document, link))]
    assert not problems


def test_broken_links_are_found(tmp_path: Path) -> None:
    assert problem(ROOT / "README.md", "docs/NOTHING.md") == "docs/NOTHING.md: no such file"
    assert problem(ROOT / "README.md", "LICENSE#nothing") == "LICENSE#nothing: no such heading"
    assert problem(tmp_path / "README.md", "outside.md") == "outside.md: no such file"


def test_files_named_in_the_documentation_exist() -> None:
    documents = [
        ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "docs/ARCHITECTURE.md", "docs/DECISIONS.md")
    ]
    named = {name for document in documents for name in SOURCE_FILE.findall(document.read_text("utf-8"))}
    assert named
    assert {name for name in named if not (ROOT / name).exists() and not (ROOT / "app" / name).exists()} == set()


def test_every_document_is_linked_from_the_readme() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in relative_links(ROOT / "README.md")}
    assert {document for document in DOCUMENTS if document.parent == ROOT / "docs"} <= linked


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MAX_README_LINES
