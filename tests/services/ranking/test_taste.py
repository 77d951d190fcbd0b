"""Conversion of ratings into likes and dislikes."""

from app.services.ranking.taste import MAX_FILMS, Rating, taste_of


def test_high_ratings_are_likes_and_low_ones_dislikes() -> None:
    taste = taste_of([Rating(1, 5.0), Rating(2, 3.0), Rating(3, 0.5), Rating(4, 3.5), Rating(5, 2.0)])
    assert dict(zip(taste.liked, taste.weights, strict=True)) == {1: 1.0, 4: 0.25}
    assert taste.disliked == (3, 5)
    assert taste.neutral == (2,)


def test_of_too_many_likes_the_highest_are_sampled_evenly() -> None:
    ratings = [Rating(number, 5.0 if number % 40 == 0 else 4.0) for number in range(1000)]
    taste = taste_of(ratings)
    assert len(taste.liked) == MAX_FILMS
    assert set(taste.liked[:25]) == set(range(0, 1000, 40))
    fours = taste.liked[25:]
    assert min(fours) < 100 and max(fours) > 900
    assert len(set(taste.liked) | set(taste.neutral)) == 1000


def test_without_ratings_the_taste_is_empty() -> None:
    assert taste_of([]).liked == taste_of([Rating(1, 1.0)]).liked == ()
