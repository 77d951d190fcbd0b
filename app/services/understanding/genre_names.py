"""Names of genres in catalogues: names of the same genre, and of genres near enough to a requested one.

Catalogues name genres differently: one has "Animation", another "Animated"; one has "Slasher", another only "Horror". A
film meets a requested genre by any of its own or near names, and an excluded genre only by its own names.
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
    """Return the names of genres that meet a request for this genre, its own names first."""
    return (*same_genres(genre), *_NEAR.get(genre, ()))
