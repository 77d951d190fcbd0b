"""The facts of the current catalogue of a database, and a check that this program can serve or change it."""

from dataclasses import dataclass

from psycopg import sql

from app.services.encoder.model_spec import ModelSpec
from app.services.encoder.movie_text import TEMPLATE_VERSION
from app.services.errors import ModelFileError
from app.services.postgres.layout import LAYOUT_VERSION, META_SCHEMA, PUBLISH_COMMAND
from app.services.ranking.weights import RANKING_VERSION


@dataclass(frozen=True, slots=True)
class Published:
    """The facts of the current catalogue, in the order of CURRENT's columns."""

    version: int
    revision: int
    """Grows with every change of single films."""
    layout_version: int
    model_id: str
    dimension: int
    template_version: int
    ranking_version: int
    index_version: str | None
    built_at: str | None
    mean_length: float
    """The mean number of words of a film when the catalogue was published."""


CURRENT = sql.SQL(
    "SELECT version, revision, layout_version, model_id, dimension, template_version, ranking_version, index_version, "
    "built_at, mean_length FROM {} JOIN {} USING (version)"
).format(sql.Identifier(META_SCHEMA, "catalogues"), sql.Identifier(META_SCHEMA, "current"))
"""The statement that reads the facts of the current catalogue."""


def require_own(published: Published, name: str, spec: ModelSpec | None = None) -> None:
    """Raise ModelFileError if a catalogue was published by another version of this program, or for another model.

    `name` is that of its database. Without `spec` any model is accepted.
    """
    facts: list[tuple[str, object, object]] = [
        ("the layout version", published.layout_version, LAYOUT_VERSION),
        ("the template version", published.template_version, TEMPLATE_VERSION),
        ("the ranking version", published.ranking_version, RANKING_VERSION),
    ]
    if spec is not None:
        facts.append(("the model", published.model_id, spec.model_id))
        facts.append(("the dimension", published.dimension, spec.dimension))
    differences = [f"{what} is {found!r} there and {own!r} here" for what, found, own in facts if found != own]
    if differences:
        raise ModelFileError(
            f"The catalogue in {name} was published for another program: {'; '.join(differences)}. Build the index "
            f"with this program and its model, then run: {PUBLISH_COMMAND}"
        )
