"""The context template: the text that is embedded, for queries and for films."""

from collections.abc import Sequence

TEMPLATE_VERSION = 1
"""Stored in the manifest: an index built with another template does not match these queries."""


def context_text(
    overview: str,
    *,
    genres: Sequence[str] = (),
    keywords: Sequence[str] = (),
    year: int | str | None = None,
    title: str | None = None,
) -> str:
    """Return ``Genre: Horror, Mystery. Year: 2018. Title: Hereditary. Overview: ...``, without the missing parts.

    Without context, the overview is returned unchanged.
    """
    parts = []
    if genres:
        parts.append(f"Genre: {', '.join(genres)}.")
    if keywords:
        parts.append(f"Keywords: {', '.join(keywords)}.")
    if year:
        parts.append(f"Year: {year}.")
    if title:
        parts.append(f"Title: {title}.")
    if not parts:
        return overview
    return " ".join([*parts, f"Overview: {overview}"])
