"""Arithmetic of film vectors."""

import math

import numpy as np

from app.services.vectors import products, unit


def test_products_are_rounded_once_and_so_the_same_on_every_cpu() -> None:
    chance = np.random.default_rng(1902)
    left, right = (chance.standard_normal((rows, 384)).astype(np.float32) for rows in (3, 5))
    exact = [[math.fsum(np.multiply(a, b, dtype=np.float64)) for b in right] for a in left]
    assert products(left, right).tolist() == np.array(exact, np.float32).tolist()


def test_a_vector_without_a_direction_becomes_zero() -> None:
    vectors = np.array([[3.0, 4.0], [0.0, 0.0], [np.nan, 1.0]], np.float32)
    assert unit(vectors).tolist() == np.array([[0.6, 0.8], [0, 0], [0, 0]], np.float32).tolist()
