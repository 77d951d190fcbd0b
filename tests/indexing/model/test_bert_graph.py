"""The rounding of weights, and the form of the smoothing factors."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.indexing.model.bert_graph import (
    HIDDEN,
    INTERMEDIATE,
    LAYERS,
    SMOOTHING_FILE,
    quantize_columns,
    quantize_rows,
    smoothed_products,
)

SATURATION = 2**15 - 1
MATRICES = arrays(np.float64, (8, 3), elements=st.floats(-3, 3).filter(lambda weight: abs(weight) > 1e-3))


@given(MATRICES)
def test_no_pair_of_weights_can_saturate_16_bits(matrix: np.ndarray) -> None:
    integers, _ = quantize_columns(matrix)
    pairs = integers[0::2].astype(int) + integers[1::2]
    assert np.abs(pairs).max() * 255 <= SATURATION
    assert np.abs(integers.astype(int)).max() <= 127


@given(MATRICES)
def test_every_weight_is_kept_to_about_half_a_step(matrix: np.ndarray) -> None:
    integers, scale = quantize_columns(matrix)
    assert (np.abs(integers * scale.astype(np.float64) - matrix) <= 1.01 * scale).all()
    assert (np.abs(integers * scale.astype(np.float64) - matrix) <= 0.51 * scale).mean() >= 0.5


def test_a_lone_large_weight_uses_all_8_bits() -> None:
    integers, scale = quantize_columns(np.array([[1.0], [0.001], [-1.0], [0.5]]))
    np.testing.assert_array_equal(integers.ravel(), [127, 0, -127, 64])
    assert scale[0] == pytest.approx(1 / 127)


def test_rows_of_zeros_are_kept() -> None:
    integers, scale = quantize_rows(np.array([[0, 0], [0.5, -1.0]], np.float32))
    np.testing.assert_allclose(integers * scale, np.array([[0, 0], [0.5, -1.0]]), atol=0.005)


def test_every_smoothed_product_has_a_positive_factor_for_each_channel() -> None:
    factors = json.loads(SMOOTHING_FILE.read_text())
    expected = {
        product.name: INTERMEDIATE if product.input.endswith("gelu") else HIDDEN
        for layer in range(LAYERS)
        for product in smoothed_products(layer)
    }
    assert {name: len(values) for name, values in factors.items()} == expected
    assert all(0 < factor < 100 for values in factors.values() for factor in values)
