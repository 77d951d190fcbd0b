"""Conversion of the names in requests to the catalogue's names; unknown names are refused or reported."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError

from app.api.dependencies import ServiceRunner
from app.services.model_service import ModelService
from app.services.names.catalogue_names import CatalogueNames
from app.services.names.person_names import known_name
from app.services.names.spelling import spelling_key
from app.services.queries import Answer, GenreChoice, MovieFilter, Query, Question, RandomQuery
from app.services.understanding.genre_names import near_genres
from app.services.understanding.genre_words import GENRES_BY_KEY
from app.services.understanding.understood import Understood

Place = tuple[str | int, ...]
"""Where the filters of a question are in the request, as the `loc` of an error."""

QuestionType = TypeVar("QuestionType", bound=Question | RandomQuery)


async def answer_in_catalogue_names(question: Question, runner: ServiceRunner, place: Place) -> Answer:
    """Return the answer to a question whose names may have any usual spelling.

    Raises RequestValidationError if a genre or a language is unknown, and what `ServiceRunner.answer` raises.
    """
    (question,), (warnings,) = await in_catalogue_names([question], runner, [place])
    return await with_warnings(await runner.answer(question), question, warnings, runner)


async def in_catalogue_names(
    questions: Sequence[QuestionType], runner: ServiceRunner, places: Iterable[Place]
) -> tuple[list[QuestionType], list[tuple[str, ...]]]:
    """Return questions with the catalogue's names, and the warnings of each; raises RequestValidationError."""
    if not any(map(_has_names, questions)):
        return list(questions), [()] * len(questions)
    return await runner.look_up(_read_names, questions, list(places))


def _read_names(
    service: ModelService, questions: Sequence[QuestionType], places: Sequence[Place]
) -> tuple[list[QuestionType], list[tuple[str, ...]]]:
    names = service.names()
    readers = [_NameReader(names, place) for place in places]
    read = [reader.question(question) for reader, question in zip(readers, questions, strict=True)]
    problems = [problem for reader in readers for problem in reader.problems]
    if problems:
        raise RequestValidationError(problems)
    return read, [tuple(reader.warnings) for reader in readers]


async def with_warnings(answer: Answer, question: Question, warnings: Sequence[str], runner: ServiceRunner) -> Answer:
    """Return an answer with the given warnings and, if no film passes the filters, with those of missing facts."""
    if answer.total == 0:
        warnings = [*warnings, *await missing_facts(question, runner)]
    return replace(answer, warnings=(*answer.warnings, *warnings)) if warnings else answer


async def missing_facts(question: Question | RandomQuery, runner: ServiceRunner) -> list[str]:
    """Return a warning for each fact in the filters that is known of no film of the catalogue."""
    wanted = question.selection.movie_filter
    if wanted is None:
        return []
    facts = await runner.look_up(lambda service: service.names().missing_facts(wanted))
    return [f"No film in the catalogue has a known {fact}." for fact in facts]


def _has_names(question: Question | RandomQuery) -> bool:
    wanted = question.selection.movie_filter
    in_filter = wanted is not None and (
        wanted.genres_any
        or wanted.genres_none
        or wanted.original_language
        or wanted.directors_any
        or wanted.keywords_any
        or wanted.type
    )
    return bool(in_filter or (isinstance(question, Query) and (question.genres or question.understood)))


@dataclass(slots=True)
class _NameReader:
    """Converts the names of one question, and collects problems and warnings."""

    names: CatalogueNames
    place: Place
    problems: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def question(self, question: QuestionType) -> QuestionType:
        wanted = question.selection.movie_filter
        if wanted is not None:
            question = replace(question, selection=replace(question.selection, movie_filter=self._filter(wanted)))
        if isinstance(question, Query) and question.genres:
            question = replace(question, genres=self._context_genres(question.genres))
        if isinstance(question, Query) and question.understood is not None:
            question = replace(question, understood=self._understood(question.understood))
        return question

    def _filter(self, wanted: MovieFilter) -> MovieFilter:
        self._warn_of_unknown("director", wanted.directors_any, self.names.has_director)
        self._warn_of_unknown("keyword", wanted.keywords_any, self.names.has_keyword)
        if wanted.type is not None and not self.names.has_type(wanted.type):
            self.warnings.append(f'No film in the catalogue has the type "{wanted.type}".')
        genres_any = self._genres(wanted.genres_any, "genres_any", warn=True)
        genres_none = self._genres(wanted.genres_none, "genres_none", warn=False)
        self._refuse_contradiction(genres_any, genres_none)
        language = wanted.original_language
        if language is not None:
            language = self._language(language, (*self.place, "original_language"))
        return replace(wanted, genres_any=genres_any, genres_none=genres_none, original_language=language)

    def _genres(self, written: Sequence[GenreChoice], name: str, *, warn: bool) -> tuple[GenreChoice, ...]:
        choices: list[GenreChoice] = []
        for index, genre in enumerate(map(str, written)):
            found = self.names.genres.find(genre)
            if found is None:
                self._refuse("genre", genre, (*self.place, name, index), self.names.genres.suggestions())
            elif not found and warn:
                self.warnings.append(f'No film in the catalogue has the genre "{genre}".')
            choices += found or (genre,)
        return tuple(dict.fromkeys(choices))

    def _warn_of_unknown(self, kind: str, written: Iterable[str], has: Callable[[str], bool]) -> None:
        self.warnings += [f'No film in the catalogue has the {kind} "{name}".' for name in written if not has(name)]

    def _refuse_contradiction(self, genres_any: Sequence[GenreChoice], genres_none: Sequence[GenreChoice]) -> None:
        """Refuse filters that no film can meet, because every requested genre is also excluded."""
        unwanted = set(genres_none)
        wanted = [{choice} if isinstance(choice, str) else {choice, *choice} for choice in genres_any]
        if wanted and all(choice & unwanted for choice in wanted):
            message = "genres_any has no genre that genres_none does not exclude: no film can meet both"
            self.problems.append({"type": "contradiction", "loc": self.place, "msg": message})

    def _understood(self, understood: Understood) -> Understood:
        place = (*self.place[:-1], "understood")
        languages = self._understood_languages(understood.languages, (*place, "languages"), warn=True)
        people = tuple(known_name(name, self.names.has_person) for name in understood.people)
        self.warnings += [
            f'No film in the catalogue is by or with "{name}".' for name in people if not self.names.has_person(name)
        ]
        return replace(
            understood,
            genres=self._understood_genres(understood.genres, (*place, "genres")),
            excluded_genres=self._understood_genres(understood.excluded_genres, (*place, "excluded_genres")),
            languages=languages,
            people=people,
            excluded_languages=self._understood_languages(
                understood.excluded_languages, (*place, "excluded_languages"), warn=False
            ),
        )

    def _understood_languages(self, written: Sequence[str], place: Place, *, warn: bool) -> tuple[str, ...]:
        codes = [self._language(name, (*place, index), warn=warn) for index, name in enumerate(written)]
        return tuple(dict.fromkeys(code for code in codes if code is not None))

    def _understood_genres(self, written: Sequence[str], place: Place) -> tuple[str, ...]:
        """Return genres by the reader's names, such as "Spy", otherwise by the catalogue's names."""
        genres: list[str] = []
        for index, name in enumerate(written):
            known = GENRES_BY_KEY.get(spelling_key(name))
            found = (known,) if known else self.names.genres.find(name)
            if found is None:
                self._refuse("genre", name, (*place, index), self.names.genres.suggestions())
            for choice in (found or (name,))[:1]:
                genres += [choice] if isinstance(choice, str) else choice
        has_genre = self.names.genres.find
        self._warn_of_unknown("genre", genres, lambda genre: any(map(has_genre, near_genres(genre))))
        return tuple(dict.fromkeys(genres))

    def _language(self, written: str, place: Place, *, warn: bool = True) -> str | None:
        code = self.names.languages.find(written)
        if code is None:
            self._refuse("language", written, place, self.names.languages.suggestions())
        elif warn and code not in self.names.languages.codes:
            self.warnings.append(f'No film in the catalogue has the original language "{written}".')
        return code

    def _context_genres(self, written: Sequence[str]) -> tuple[str, ...]:
        """Return the genres of a query's context. A genre that the catalogue does not have is still used as text."""
        genres: list[str] = []
        for genre in written:
            found = self.names.genres.find(genre)
            if not found:
                self.warnings.append(f'No film in the catalogue has the genre "{genre}": it is used as text only.')
            for choice in found or (genre,):
                genres += [choice] if isinstance(choice, str) else choice
        return tuple(dict.fromkeys(genres))

    def _refuse(self, kind: str, written: str, place: Place, known: dict[str, str]) -> None:
        from app.api.unknown_names import nearest_values

        nearest = " or ".join(f'"{name}"' for name in nearest_values(written, known))
        message = f'Unknown {kind} "{written}"; did you mean {nearest}?'
        self.problems.append({"type": f"unknown_{kind}", "loc": place, "msg": message})
