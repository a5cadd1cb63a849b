"""Loading: every legal file becomes the right upright pixels, every other one a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from kling_desktop.imaging.load import ImageError, pixels, read, read_file
from tests import badfiles

UPRIGHT = np.asarray(badfiles.picture()).astype(int)


def error_of(data: bytes, name: str = "") -> str:
    with pytest.raises(ImageError) as caught:
        read(data, name)
    return str(caught.value)


def distance(data: bytes) -> int:
    """Largest difference between the loaded pixels and the picture that was meant."""
    return int(np.abs(pixels(read(data)).astype(int) - UPRIGHT).max())


@pytest.mark.parametrize("name", badfiles.REFUSED)
def test_what_cannot_be_used_is_refused_in_one_sentence_that_names_the_file(name: str) -> None:
    sentence = error_of(badfiles.REFUSED[name](), name)
    assert sentence.startswith(f"“{name}” ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert sentence.count(". ") == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.png", "is empty (0 bytes)"),
        ("text.jpg", "choose a JPEG, PNG, WebP, TIFF or BMP file"),
        ("drawing.svg", "is an SVG drawing"),
        ("truncated.jpg", "damaged or cut short"),
        ("truncated.png", "damaged or cut short"),
        ("animated.gif", "is a GIF"),
        ("animated.webp", "is animated; save one frame as PNG or JPEG and open that"),
        ("animated.png", "is animated; save one frame as PNG or JPEG and open that"),
        ("pages.tiff", "has several pages; save one page"),
        ("huge.png", "is 30000×30000 pixels"),
        ("huge.jpg", "is 30000×30000 pixels"),
        ("one-pixel.png", "open one with at least 4 pixels a side"),
    ],
)
def test_the_sentence_says_what_is_wrong(name: str, said: str) -> None:
    assert said in error_of(badfiles.REFUSED[name](), name)


def test_without_a_name_the_sentence_speaks_of_the_picture() -> None:
    assert error_of(b"").startswith("The picture is empty")


@pytest.mark.parametrize("size", [(16_385, 10), (10, 16_385), (10_001, 10_000)])
def test_size_limits_are_told_from_the_header(size: tuple[int, int]) -> None:
    assert f"is {size[0]}×{size[1]} pixels" in error_of(badfiles.huge_png(*size))


def test_the_largest_legal_size_gets_past_the_header() -> None:
    assert "damaged" in error_of(badfiles.huge_png(10_000, 10_000))


@pytest.mark.parametrize("make", [badfiles.huge_png, badfiles.huge_jpeg, badfiles.huge_webp])
def test_a_huge_header_is_refused_without_allocating(make: object, tmp_path: Path) -> None:
    file = tmp_path / "huge"
    file.write_bytes(make())  # type: ignore[operator]
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from kling_desktop.imaging.load import ImageError, read_file\n"
        "from PIL import (BmpImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin,"
        " WebPImagePlugin)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_file(Path(sys.argv[1]))\n"
        "except ImageError: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    pytest.importorskip("resource")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) < 8_000, "kilobytes more than before"


@pytest.mark.parametrize("name", badfiles.UNUSUAL)
def test_unusual_files_load_by_their_content(name: str) -> None:
    picture = read(badfiles.UNUSUAL[name](), name)
    found = pixels(picture)
    assert picture.name == name
    assert found.shape == (picture.height, picture.width, 3)
    assert found.dtype == np.uint8
    assert found.flags.c_contiguous


def test_the_extension_means_nothing() -> None:
    assert read(badfiles.plain_png(), "photo.jpg").format == "PNG"
    assert read(badfiles.plain_jpeg(), "photo.tiff").format == "JPEG"


def test_the_bytes_stay_untouched(photo: Path) -> None:
    picture = read_file(photo)
    assert picture.data == photo.read_bytes()
    assert picture.name == photo.name


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png"])
def test_photographs_have_the_pixels_that_others_see(name: str, astronaut: Path) -> None:
    photo = astronaut.with_name(name)
    picture = read_file(photo)
    theirs = cv2.cvtColor(cv2.imread(str(photo)), cv2.COLOR_BGR2RGB)
    assert (picture.width, picture.height) == (theirs.shape[1], theirs.shape[0])
    assert (pixels(picture) == theirs).all()


def test_an_adobe_rgb_photograph_becomes_srgb(rocket: Path) -> None:
    """Against the formulas of both colour spaces (Adobe RGB 1998, 4.3; IEC 61966-2-1)."""
    stored = cv2.cvtColor(cv2.imread(str(rocket)), cv2.COLOR_BGR2RGB) / 255.0
    to_xyz = [[0.57667, 0.18556, 0.18823], [0.29734, 0.62736, 0.07529], [0.02703, 0.07069, 0.99134]]
    to_srgb = [[3.24063, -1.53721, -0.49863], [-0.96893, 1.87576, 0.04152], [0.0557, -0.204, 1.057]]
    linear = (stored**2.19921875 @ np.transpose(to_xyz) @ np.transpose(to_srgb)).clip(0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    off = np.abs(pixels(read_file(rocket)) - curved * 255)
    assert off.mean() < 1.0
    assert np.percentile(off, 99) < 4.0


def test_a_broken_colour_profile_is_ignored() -> None:
    data = badfiles.encoded(badfiles.picture(), "PNG", icc_profile=b"not a profile" * 20)
    assert distance(data) == 0


def test_a_profile_of_other_colours_is_ignored(rocket: Path) -> None:
    with Image.open(rocket) as photo:
        profile = photo.info["icc_profile"]
    grey = badfiles.picture().convert("L")
    found = pixels(read(badfiles.encoded(grey, "PNG", icc_profile=profile)))
    assert (found == np.asarray(grey)[..., None]).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int, kind: str) -> None:
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}.get(kind, {})
    data = badfiles.rotated(orientation, kind, **options)
    picture = read(data)
    assert (picture.width, picture.height) == (badfiles.WIDTH, badfiles.HEIGHT)
    assert distance(data) <= 4


def test_broken_metadata_costs_nothing_but_the_turn() -> None:
    data = badfiles.encoded(badfiles.picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert (read(data).width, read(data).height) == (badfiles.WIDTH, badfiles.HEIGHT)


def test_an_unknown_orientation_is_no_turn() -> None:
    exif = Image.Exif()
    exif[badfiles.ORIENTATION] = 77
    assert distance(badfiles.encoded(badfiles.picture(), "PNG", exif=exif)) == 0


def test_cmyk_comes_near_the_colours_that_were_meant() -> None:
    assert distance(badfiles.cmyk_jpeg()) <= 12


def test_sixteen_bits_of_colour_are_scaled() -> None:
    assert distance(badfiles.rgb16_png()) <= 1


@pytest.mark.parametrize("make", [badfiles.gray16_png, badfiles.gray16_tiff])
def test_sixteen_bits_of_grey_are_scaled_not_clipped(make: object) -> None:
    found = pixels(read(make()))  # type: ignore[operator]
    expected = np.rint(badfiles.gray16() / 257.0)
    assert np.abs(found - expected[..., None]).max() == 0


def test_inverted_sixteen_bit_tiff_is_not_a_negative() -> None:
    image = Image.fromarray(65535 - badfiles.gray16())
    found = pixels(read(badfiles.encoded(image, "TIFF", tiffinfo={262: 0})))
    assert np.abs(found - np.rint(badfiles.gray16() / 257.0)[..., None]).max() <= 1


@pytest.mark.parametrize("make", [badfiles.rgba_png, badfiles.gray_alpha_png])
def test_transparent_is_white(make: object) -> None:
    found = pixels(read(make()))  # type: ignore[operator]
    half = badfiles.WIDTH // 2
    assert (found[:, :half] == 255).all()
    assert (found[:, half:] < 250).any()


def test_half_transparent_is_half_white() -> None:
    image = Image.new("RGBA", (20, 20), (0, 100, 200, 128))
    found = pixels(read(badfiles.encoded(image, "PNG")))
    assert np.abs(found[0, 0].astype(int) - (127, 177, 227)).max() <= 1


def test_a_transparent_palette_entry_is_white() -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.paste(0, (0, 0, 10, 20))
    found = pixels(read(badfiles.encoded(image, "PNG", transparency=0)))
    assert found[0, 0].tolist() == [255, 255, 255]
    assert found[0, 15].tolist() == [40, 50, 60]


def test_palette_and_bilevel_have_their_colours() -> None:
    palette = badfiles.picture().quantize(64)
    meant = np.asarray(palette.convert("RGB"))
    assert (pixels(read(badfiles.palette_png())) == meant).all()
    assert set(np.unique(pixels(read(badfiles.bilevel_png())))) == {0, 255}


def test_floating_point_pixels_are_refused() -> None:
    image = Image.fromarray(np.zeros((10, 10), np.float32))
    assert "32-bit pixels" in error_of(badfiles.encoded(image, "TIFF"), "deep.tiff")


def test_lab_becomes_rgb() -> None:
    lab = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    image = ImageCms.applyTransform(Image.new("RGB", (20, 20), (200, 60, 40)), to_lab)
    found = pixels(read(badfiles.encoded(image, "TIFF")))
    assert np.abs(found[5, 5].astype(int) - (200, 60, 40)).max() <= 6


def test_a_thumbnail_in_a_tiff_is_not_a_page() -> None:
    small = badfiles.picture(48, 32)
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = badfiles.encoded(badfiles.picture(), "TIFF", save_all=True, append_images=[small])
    assert distance(data) == 0


def test_a_second_picture_hidden_in_a_jpeg_is_ignored() -> None:
    second = badfiles.picture(100, 80)
    data = badfiles.encoded(
        badfiles.picture(), "MPO", save_all=True, append_images=[second], quality=95, subsampling=0
    )
    assert read(data).format == "JPEG"
    assert distance(data) <= 4


def test_warnings_of_the_decoder_never_escape(recwarn: pytest.WarningsRecorder) -> None:
    error_of(badfiles.huge_png(9_500, 10_000))
    palette = badfiles.picture().quantize(8)
    pixels(read(badfiles.encoded(palette, "PNG", transparency=b"\0\x80\xff")))
    assert not recwarn.list


def test_pictures_load_on_several_threads_at_once() -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(distance(badfiles.rotated_jpeg(6))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert max(found) <= 4


def test_a_missing_file_a_folder_and_a_locked_file_have_their_sentences(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="There is no file"):
        read_file(tmp_path / "none.png")
    with pytest.raises(ImageError, match="is not a file"):
        read_file(tmp_path)
    with pytest.raises(ImageError):
        read_file(tmp_path / ("long" * 100))


def _seeds() -> list[bytes]:
    """Small whole files of every accepted kind, to be damaged."""
    small = badfiles.picture(40, 30)
    palette = small.quantize(16)
    return [
        badfiles.encoded(small, "JPEG", exif=badfiles.rotated_jpeg(6)[24:120]),
        badfiles.encoded(small, "JPEG", progressive=True),
        badfiles.encoded(small.convert("CMYK"), "JPEG"),
        badfiles.encoded(small, "PNG"),
        badfiles.encoded(palette, "PNG", transparency=3),
        badfiles.encoded(small, "WEBP"),
        badfiles.encoded(small.convert("RGBA"), "WEBP", lossless=True),
        badfiles.encoded(small, "TIFF"),
        badfiles.encoded(small, "TIFF", compression="tiff_lzw"),
        badfiles.encoded(small, "BMP"),
        badfiles.encoded(palette, "BMP"),
    ]


SEEDS = _seeds()


@settings(max_examples=500, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    cut=st.floats(0.0, 1.0),
    edits=st.lists(st.tuples(st.floats(0.0, 1.0), st.binary(min_size=1, max_size=8)), max_size=4),
)
def test_a_damaged_file_gives_a_picture_or_a_sentence(
    seed: bytes, cut: float, edits: list[tuple[float, bytes]]
) -> None:
    data = bytearray(seed)
    for place, patch in edits:
        at = int(place * place * len(data))
        data[at : at + len(patch)] = patch
    if cut < 0.5:
        del data[int(2 * cut * len(data)) :]
    try:
        picture = read(bytes(data), "file")
        sound = pixels(picture).shape == (picture.height, picture.width, 3)
    except ImageError as error:
        sound = str(error).endswith(".")
    assert sound


@settings(max_examples=300, deadline=None)
@given(seed=st.sampled_from(SEEDS), share=st.floats(0.0, 1.0), tail=st.integers(0, 40))
def test_a_file_cut_short_is_refused_unless_nothing_is_missing(
    seed: bytes, share: float, tail: int
) -> None:
    kept = seed[: int(share * len(seed))] if tail == 0 else seed[:-tail]
    try:
        found = pixels(read(kept))
    except ImageError:
        return
    assert (found == pixels(read(seed))).all()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"BM", b"II*\0", b"RIFF____WEBPVP8X"]))
def test_any_bytes_are_refused_with_a_sentence(data: bytes, start: bytes) -> None:
    assert error_of(start + data, "noise").startswith("“noise” ")
