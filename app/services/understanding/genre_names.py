"""Genres: which names of a catalogue mean the same, and which are near enough when a genre is asked for.

Catalogues name genres differently: "Animation" is "Animated" in another, and what one calls "Slasher" is "Horror" in
the next. A genre that is asked for is met by any of its own or near names, one that is excluded by its own names only.
"""

_SAME: dict[str, tuple[str, ...]] = {
    "Action": ("Action & Adventure",),
    "Adventure": ("Action & Adventure",),
    "Animation": ("Animated", "Anime"),
    "Biography": ("Biographical", "Biopic"),
    "Family": ("Kids", "Children", "Children's"),
    "Fantasy": ("Sci-Fi & Fantasy",),
    "History": ("Historical",),
    "Horror": ("Slasher", "Supernatural"),
    "Music": ("Musical", "Performance"),
    "Musical": ("Music",),
    "Noir": ("Film-Noir", "Film Noir"),
    "Romance": ("Romantic",),
    "Science Fiction": ("Sci-Fi", "Sci-Fi & Fantasy"),
    "Short": ("Short Film",),
    "Sports": ("Sport",),
    "Spy": ("Espionage",),
    "Superhero": ("Superheroes",),
    "Teen": ("Teenage",),
    "Thriller": ("Suspense",),
    "War": ("War & Politics",),
}

_NEAR: dict[str, tuple[str, ...]] = {
    "Biography": ("History", "Historical"),
    "Disaster": ("Action",),
    "Martial Arts": ("Action",),
    "Noir": ("Crime",),
    "Slasher": ("Horror",),
    "Spy": ("Action", "Thriller"),
    "Superhero": ("Action",),
    "Supernatural": ("Horror",),
    "Suspense": ("Thriller",),
}


def same_genres(genre: str) -> tuple[str, ...]:
    """Return the names under which catalogues have a genre, its own first."""
    return (genre, *_SAME.get(genre, ()))


def near_genres(genre: str) -> tuple[str, ...]:
    """Return the names of genres that meet a wish for this one, its own first."""
    return (*same_genres(genre), *_NEAR.get(genre, ()))
