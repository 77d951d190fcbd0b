"""The context template: one definition of the text that is embedded, for queries and for films."""

from collections.abc import Sequence

TEMPLATE_VERSION = 1
"""Goes into the manifest; an index built with another template does not match the queries of this one."""


def context_text(
    overview: str,
    *,
    genres: Sequence[str] = (),
    keywords: Sequence[str] = (),
    year: int | str | None = None,
    title: str | None = None,
) -> str:
    """Return ``Genre: Horror, Mystery. Year: 2018. Title: Hereditary. Overview: ...``; a missing part is left out.

    Without any context the overview is returned as it is, so that a plain synopsis is embedded as it was written.
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
