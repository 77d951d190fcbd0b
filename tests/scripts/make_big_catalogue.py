"""A synthetic CSV of any size in the form of the full TMDB dataset, and a measurement of reading it.

    python -m tests.scripts.make_big_catalogue --rows 1200000 --output big.csv
    python -m tests.scripts.make_big_catalogue --measure big.csv --limit 30000

The films are random with a fixed seed: the same number of rows gives the same bytes. As in the real dataset, one row in
five has no overview, some are adult, and some titles and overviews contain commas, quotes and line breaks. One row in
ten thousand is damaged.
"""

import argparse
import csv
import random
import resource
import sys
import time
from pathlib import Path
from typing import TextIO

from app.indexing.catalogue.options import ReaderOptions
from app.indexing.catalogue.reader import read_catalogue

COLUMNS = (
    "id,title,vote_average,vote_count,status,release_date,revenue,runtime,adult,backdrop_path,budget,homepage,imdb_id,"
    "original_language,original_title,overview,popularity,poster_path,tagline,genres,production_companies,"
    "production_countries,spoken_languages,keywords"
).split(",")
WORDS = (
    "harbour clockmaker winter orchard smuggler lantern violin glacier archivist carnival ferry beekeeper tunnel "
    "astronomer quarry letter tailor monsoon lighthouse surgeon railway twins desert ballroom forger island chess "
    "mountain widow circus radio garden detective bridge sailor painter village storm mirror library"
).split()
LINKS = (
    "who finds that loses and meets beneath after before against without beside returns to leaves hides from".split()
)
GENRES = "Drama Comedy Documentary Horror Thriller Romance Action Animation Crime Fantasy Mystery Music".split()
LANGUAGES = ("en", "en", "en", "fr", "es", "de", "ja", "pt", "zh", "it", "ru", "ko", "hi", "xx")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_200_000)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--measure", type=Path, metavar="FILE")
    parser.add_argument("--limit", type=int, default=30_000)
    args = parser.parse_args()
    if args.output:
        write_catalogue(args.output, args.rows)
    if args.measure:
        measure(args.measure, args.limit)
    return 0


def write_catalogue(path: Path, rows: int) -> None:
    chance = random.Random(1895)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for movie_id in range(1, rows + 1):
            if movie_id % 10_000 == 0:
                write_damaged_row(file, movie_id)
            else:
                table.writerow(invented_row(chance, movie_id))


def invented_row(chance: random.Random, movie_id: int) -> list[object]:
    title = " ".join(chance.sample(WORDS, chance.randint(1, 4))).title()
    votes = int(chance.paretovariate(0.6)) - 1
    overview = invented_overview(chance) if chance.random() > 0.2 else ""
    year = chance.randint(1900, 2026)
    return [
        movie_id,
        title if chance.random() > 0.05 else f'{title}, or "The {chance.choice(WORDS).title()}"',
        round(chance.uniform(0, 10), 3),
        votes,
        "Released",
        f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}" if chance.random() > 0.1 else "",
        chance.choice((0, 0, chance.randint(1, 10**9))),
        chance.randint(0, 240),
        chance.random() < 0.07,
        f"/{movie_id:x}backdrop.jpg",
        0,
        f"https://films.example/{movie_id}",
        f"tt{movie_id:07}",
        chance.choice(LANGUAGES),
        title,
        overview,
        round(votes**0.5 + chance.random(), 3),
        f"/{movie_id:x}poster.jpg",
        "",
        ", ".join(chance.sample(GENRES, chance.randint(0, 3))),
        ", ".join(f"{chance.choice(WORDS).title()} Pictures" for _ in range(chance.randint(0, 4))),
        "Neverland",
        "English",
        ", ".join(chance.sample(WORDS, chance.randint(0, 12))),
    ]


def invented_overview(chance: random.Random) -> str:
    words = [chance.choice(WORDS if place % 3 else LINKS) for place in range(chance.randint(15, 90))]
    text = "A " + " ".join(words) + "."
    if chance.random() < 0.02:
        text = text.replace(" ", "\n", 1)
    return text if chance.random() > 0.1 else text.replace(" and ", ' and, "so they say", ')


def write_damaged_row(file: TextIO, movie_id: int) -> None:
    kinds = (
        f"{movie_id},A row that ends here\n",
        f'{movie_id},"A quote that does not close,1,2\n',
        f"1997-08-20,Shifted,{movie_id}" + "," * (len(COLUMNS) - 3) + "\n",
    )
    file.write(kinds[movie_id // 10_000 % len(kinds)])


def measure(path: Path, limit: int) -> None:
    started = time.perf_counter()
    catalogue = read_catalogue(path, ReaderOptions(limit=limit))
    seconds = time.perf_counter() - started
    rows = len(catalogue.movies) + sum(catalogue.skipped.values()) + sum(catalogue.filtered.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print("\n".join(catalogue.summary()))
    print(f"{rows:,} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s), peak memory {peak:.0f} MB")


if __name__ == "__main__":
    sys.exit(main())
