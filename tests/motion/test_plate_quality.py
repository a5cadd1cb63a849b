"""The background plate against known backgrounds, as the benchmark measures them."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from kling_desktop.motion import patches, plate_base, plate_detail, plate_mean, plate_region
from kling_desktop.motion.plate import plate, rough
from kling_desktop.motion.plate_mix import TOP, Mixes
from kling_desktop.motion.plate_seam import eased
from tests.benchmarks.plate import (
    Found,
    Mask,
    Rgb,
    blob,
    composite,
    measured,
    psnr,
    seam,
    squared_gradient,
    texture,
)
from tests.motion.scenes import load_photo

TEXTURES = ("grass", "pebbles", "brick", "wood", "cloth", "clouds")


@cache
def scene(kind: str) -> tuple[Rgb, Mask]:
    """A texture, or 320 × 240 pixels of a photograph, and a hole in it."""
    truth = texture(kind, 320, 240, seed=3) if kind in TEXTURES else load_photo(kind)[60:300, :320]
    return np.ascontiguousarray(truth), blob((240, 320), 160, 115, 38, 11)


@cache
def outcome(kind: str) -> Found:
    return measured(kind, *scene(kind))


@pytest.mark.parametrize("kind", [*TEXTURES, "coffee.png", "rocket.jpg"])
def test_no_further_from_the_truth_than_a_blur(kind: str) -> None:
    assert outcome(kind).gain >= -0.5


@pytest.mark.parametrize("kind", TEXTURES)
def test_texture_is_as_strong_as_around_the_hole(kind: str) -> None:
    assert outcome(kind).textured
    assert 0.6 <= outcome(kind).energy <= 1.5


@pytest.mark.parametrize("kind", [*TEXTURES, "astronaut.png", "coffee.png", "rocket.jpg"])
def test_the_rim_does_not_show(kind: str) -> None:
    assert outcome(kind).seam <= 1.5


@pytest.mark.parametrize("kind", ["brick", "cloth"])
def test_what_repeats_is_continued(kind: str) -> None:
    assert outcome(kind).gain >= 1.0


def test_a_large_picture_keeps_its_finest_grain(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has too many pixels is filled at half the size and sharpened afterwards."""
    monkeypatch.setattr(plate_region, "WHOLE_BUDGET", 30_000)
    truth, hole = scene("cloth")
    found = plate(composite(truth, hole), hole)
    kept = squared_gradient(found)[hole].sum() / squared_gradient(truth)[hole].sum()
    assert 0.6 <= kept <= 1.5
    assert seam(found, hole) <= 1.5


def test_lines_that_vanish_at_half_the_size_are_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plate_region, "WHOLE_BUDGET", 30_000)
    truth, hole = scene("clouds")[0], np.zeros((240, 320), np.bool_)
    hole[5::20] = True
    assert psnr(plate(composite(truth, hole), hole), truth, hole) > 30


def test_a_long_narrow_hole_is_matched_with_few_patches() -> None:
    frame = np.ones((540, 960), np.bool_)
    frame[40:-40, 40:-40] = False
    disc = blob((540, 960), 480, 270, 160, 1)
    assert patches.expected(frame, 0.1) > 2 * patches.expected(disc, 0.1)


@pytest.mark.parametrize("kind", ["grass", "coffee.png"])
def test_the_rough_plate_has_the_right_colours(kind: str) -> None:
    truth, hole = scene(kind)
    pixels = composite(truth, hole)
    blurred = np.asarray(cv2.inpaint(pixels, hole.astype(np.uint8), 5, cv2.INPAINT_TELEA), np.uint8)
    assert psnr(rough(pixels, hole), truth, hole) > psnr(blurred, truth, hole) - 2.5


def test_an_even_sky_gets_no_grain_from_elsewhere() -> None:
    truth = texture("grass", 320, 240)
    truth[:150] = (90, 130, 190)
    hole = blob((240, 320), 160, 60, 35, 2)
    found = plate(composite(truth, hole), hole).astype(int)
    assert np.abs(found - truth)[hole].max() <= 6


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_picture_stays_plain(level: int) -> None:
    truth, hole = np.full((240, 320, 3), level, np.uint8), scene("grass")[1]
    assert np.array_equal(plate(composite(truth, hole), hole), truth)


def test_no_source_lies_in_the_hole_and_none_is_stamped_too_often() -> None:
    truth, hole = scene("pebbles")
    image = truth.astype(np.float32)
    found = patches.copied(image, hole, plate_mean.smooth(image, hole).image, lambda: False)
    assert found is not None
    rows, columns = found.source[hole].T
    assert not hole[rows, columns].any()
    _, used = np.unique(rows * 320 + columns, return_counts=True)
    assert used.max() <= 6
    assert np.array_equal(found.image[hole], image[rows, columns])


def test_trust_tells_a_weave_from_pebbles() -> None:
    def trust(kind: str) -> float:
        truth, hole = scene(kind)
        image = truth.astype(np.float32)
        found = patches.copied(image, hole, plate_mean.smooth(image, hole).image, lambda: False)
        assert found is not None
        return found.trust

    assert trust("cloth") > 0.5
    assert trust("pebbles") < 0.2


def test_the_membrane_is_straight_between_its_rims() -> None:
    ramp = np.linspace(0, 255, 200, dtype=np.float32)
    image = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (120, 200, 3)))
    hole = np.zeros((120, 200), np.bool_)
    hole[30:90, 60:140] = True
    found = plate_base.membrane(np.where(hole[..., None], np.float32(0), image), hole)
    assert np.abs(found - image).max() < 3
    assert np.array_equal(found[~hole], image[~hole])


def test_the_bands_add_up() -> None:
    truth, hole = scene("coffee.png")
    image = truth.astype(np.float32)
    bands, rest = plate_detail._bands(image, hole)
    assert np.allclose(sum(bands) + rest, image, atol=1e-2)


def test_a_soft_picture_gets_no_specks() -> None:
    """Sources found at a coarse scale must not read the hole by a pixel."""
    small = load_photo("coffee.png")[20:120, 420:560]
    truth = np.asarray(cv2.resize(small, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
    hole = blob((400, 560), 280, 200, 90, 5)
    found = plate(composite(truth, hole), hole)
    steep = squared_gradient(found)
    assert steep[hole].max() <= 1.5 * squared_gradient(truth).max()
    assert seam(found, hole) <= 1.5


def test_an_edge_on_the_rim_is_not_stamped_into_an_even_hole() -> None:
    truth = texture("clouds", 320, 240, seed=8) // 8 + np.array([150, 170, 200], np.uint8)
    truth[150:] = texture("brick", 320, 240)[150:]
    hole = blob((240, 320), 160, 112, 38, 4)
    hole[150:] = False
    found = plate(composite(truth, hole), hole).astype(int)
    upper = hole.copy()
    upper[125:] = False
    assert np.abs(found - truth)[upper].max() <= 30
    assert squared_gradient(found.astype(np.uint8))[upper].mean() <= 20


def independent(trust: float = 0.0) -> Mixes:
    """Bands without common gradients: the finer, the more gradient for their variance."""
    steps = np.diag([0.0, 6.0, 4.0, 1.0, 0.2, 0.1])
    wide = np.diag([0.0, 0.1, 0.5, 1.0, 1.0, 1.0])
    return Mixes(steps, wide, np.diag(np.full(5, 1.0)), trust)


def test_texture_is_laid_in_as_it_is_where_that_costs_little() -> None:
    gains = independent().chosen(0.7, 1.0, room=100.0, tight=100.0)
    assert gains[0] == 0
    assert np.ptp(gains[1:]) == pytest.approx(0, abs=1e-6)
    assert gains @ independent().steps[1:, 1:] @ gains == pytest.approx(1.0, rel=1e-3)


def test_the_less_room_the_finer_the_texture_and_never_too_little() -> None:
    costs, shares = [], []
    for tight in (100.0, 0.28, 0.1, 0.0):
        gains = independent().chosen(0.7, 1.0, room=0.0, tight=tight)
        assert gains @ independent().steps[1:, 1:] @ gains >= 0.6 * 0.98
        assert gains.max() <= TOP
        costs.append(float(gains @ gains))
        shares.append(float(gains[:2].sum() / gains.sum()))
    assert costs == sorted(costs, reverse=True)
    assert shares == sorted(shares)


def test_what_is_trusted_is_laid_in_wholly() -> None:
    assert independent(trust=1.0).chosen(0.7, 1.0, room=0.0, tight=0.0)[1:].min() >= 1


def test_nothing_is_laid_in_where_nothing_is_wanted() -> None:
    assert independent().chosen(0.0, 1.0, room=0.0, tight=0.0).max() <= 1e-3


def test_a_guess_counts_by_how_it_fared_around_the_hole() -> None:
    """A ramp is what a membrane continues and the carried guesses do not."""
    ramp = np.linspace(0, 255, 320, dtype=np.float32)
    image = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (240, 320, 3)))
    hole = blob((240, 320), 160, 115, 38, 11)
    weights = plate_mean._weights(plate_mean._tried(image, hole))
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert weights[2] > 0.6


@pytest.mark.parametrize("kind", ["noise", "pebbles"])
def test_the_expected_error_is_about_the_true_one(kind: str) -> None:
    truth, hole = texture(kind, 320, 240, seed=3), blob((240, 320), 160, 115, 38, 11)
    base = plate_mean.smooth(composite(truth, hole).astype(np.float32), hole)
    true = float(np.mean((base.image[hole] - truth[hole]) ** 2))
    assert 0.4 * true <= base.error <= 2.5 * true


def test_texture_gives_way_on_the_rim_where_it_would_show() -> None:
    random = np.random.default_rng(0)
    base = np.full((120, 160, 3), 120, np.float32)
    base += random.normal(0, 2, (120, 160, 1)).astype(np.float32)
    hole = blob((120, 160), 80, 60, 30, 3)
    loud = np.where(hole[..., None], base + random.normal(0, 6, (120, 160, 1)), base)
    loud = loud.astype(np.float32)
    soft = eased(loud, base, hole)
    assert seam(loud.astype(np.uint8), hole) > 1.5
    assert seam(soft.astype(np.uint8), hole) <= 1.5
    deep = cv2.erode(hole.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert np.array_equal(soft[deep], loud[deep])
    assert np.array_equal(soft[~hole], loud[~hole])
    assert eased(base, base, hole) is base
