"""Fitting: untouched where the rules are kept, else a copy that keeps them and says so."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kling_desktop.imaging.fit import Fitted, fit, needs_fitting
from kling_desktop.imaging.load import pixels, read, read_file
from tests import badfiles


def noise(width: int, height: int) -> Image.Image:
    """The worst case for every encoder."""
    values = np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(values)


def obeys(fitted: Fitted, limit: int = 10_000_000) -> None:
    """Every rule about the file, judged by a stranger to the code that made it."""
    assert len(fitted.data) <= limit
    with Image.open(io.BytesIO(fitted.data)) as image:
        assert image.format == fitted.format
        assert image.format in {"JPEG", "PNG"}
        assert image.size == (fitted.width, fitted.height)
        assert image.mode in {"RGB", "L"}
        assert "transparency" not in image.info
        assert image.getexif().get(badfiles.ORIENTATION, 1) == 1


def test_photographs_are_sent_untouched(photo: Path) -> None:
    picture = read_file(photo)
    fitted = fit(picture)
    assert fitted.data is picture.data
    assert (fitted.width, fitted.height, fitted.notes) == (picture.width, picture.height, ())
    assert not needs_fitting(picture)
    obeys(fitted)


@pytest.mark.parametrize("name", badfiles.UNUSUAL)
def test_everything_legal_ends_as_a_file_that_obeys(name: str) -> None:
    picture = read(badfiles.UNUSUAL[name](), name)
    fitted = fit(picture)
    obeys(fitted)
    assert (fitted.data == picture.data) == (fitted.notes == ()) == (not needs_fitting(picture))
    assert all(note.endswith(".") and "{" not in note for note in fitted.notes)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cmyk.jpg", "CMYK colours"),
        ("gray16.png", "16 bits a channel"),
        ("rgb16.png", "16 bits a channel"),
        ("palette.png", "palette colours"),
        ("bilevel.png", "less than 8 bits"),
        ("rgba.png", "an alpha channel"),
        ("gray-alpha.png", "an alpha channel"),
        ("turned.jpg", "stored turned"),
        ("picture.webp", "is a WebP file; a PNG copy of"),
        ("picture.tiff", "is a TIFF file; a PNG copy of"),
        ("picture.bmp", "is a BMP file; a PNG copy of"),
    ],
)
def test_each_change_is_said(name: str, said: str) -> None:
    notes = fit(read(badfiles.UNUSUAL[name](), name)).notes
    assert sum(said in note for note in notes) == 1


@pytest.mark.parametrize("name", ["rgb16.png", "palette.png", "rgba.png", "picture.tiff"])
def test_a_copy_is_lossless_where_it_can_be(name: str) -> None:
    picture = read(badfiles.UNUSUAL[name](), name)
    fitted = fit(picture)
    assert fitted.format == "PNG"
    assert (pixels(read(fitted.data)) == pixels(picture)).all()


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_jpeg_is_sent_upright_as_a_jpeg(orientation: int) -> None:
    picture = read(badfiles.rotated_jpeg(orientation))
    fitted = fit(picture)
    obeys(fitted)
    assert fitted.format == "JPEG"
    assert (fitted.width, fitted.height) == (badfiles.WIDTH, badfiles.HEIGHT)
    off = np.abs(pixels(read(fitted.data)).astype(int) - pixels(picture))
    assert off.mean() < 1.5


def test_a_copy_tells_nothing_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[badfiles.ORIENTATION] = 6
    exif[0x010F] = "Some Camera"
    picture = read(badfiles.encoded(badfiles.picture(), "JPEG", exif=exif))
    assert b"Some Camera" in picture.data
    assert b"Some Camera" not in fit(picture).data


def test_a_png_that_is_too_large_becomes_a_jpeg_of_the_same_size() -> None:
    picture = read(badfiles.encoded(noise(2000, 1800), "PNG"))
    fitted = fit(picture)
    obeys(fitted)
    assert fitted.format == "JPEG"
    assert (fitted.width, fitted.height) == (2000, 1800)
    megabytes = f"{len(fitted.data) / 1e6:.1f} MB"
    assert fitted.notes == (f"The picture is 10.8 MB; a JPEG copy of {megabytes} is sent.",)


def test_a_small_file_whose_lossless_copy_is_too_large_is_said_to_change_its_format() -> None:
    picture = read(badfiles.encoded(noise(500, 400).quantize(256), "PNG"))
    fitted = fit(picture, limit=300_000)
    obeys(fitted, 300_000)
    assert fitted.format == "JPEG"
    assert any("As a PNG it would be too large" in note for note in fitted.notes)


def test_only_what_is_still_too_large_is_scaled_and_keeps_its_aspect() -> None:
    picture = read(badfiles.encoded(noise(1500, 1000), "JPEG", quality=100))
    fitted = fit(picture, limit=600_000)
    obeys(fitted, 600_000)
    assert fitted.width < 1500
    assert abs(fitted.width / fitted.height - 1.5) < 0.01
    assert f"from 1500×1000 to {fitted.width}×{fitted.height} pixels" in fitted.notes[-1]


def test_no_side_is_scaled_below_the_least_that_is_taken() -> None:
    picture = read(badfiles.encoded(noise(400, 340), "JPEG", quality=100))
    fitted = fit(picture, limit=70_000)
    obeys(fitted, 70_000)
    assert min(fitted.width, fitted.height) == 300


def test_a_picture_that_is_too_small_passes_unscaled() -> None:
    picture = read(badfiles.encoded(badfiles.picture(120, 80), "WEBP"))
    fitted = fit(picture)
    assert (fitted.width, fitted.height) == (120, 80)


def test_a_strip_that_may_not_be_scaled_still_comes_out() -> None:
    picture = read(badfiles.encoded(noise(2000, 20), "JPEG", quality=100))
    fitted = fit(picture, limit=1_000)
    assert (fitted.width, fitted.height) == (2000, 20)


def test_fitting_twice_changes_nothing_more() -> None:
    once = fit(read(badfiles.rgba_png()))
    again = fit(read(once.data))
    assert again.data == once.data
    assert again.notes == ()
