"""Imported masks: every kind of file, any size of the same shape, everything else in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.imaging import mask_import
from kling_desktop.imaging.load import ImageError
from kling_desktop.imaging.masks import mask_png
from kling_desktop.model.areas import Mask
from tests import badfiles

DATA = Path(__file__).parents[1] / "data"
WIDTH, HEIGHT = 60, 40


def half(width: int = WIDTH, height: int = HEIGHT) -> Mask:
    """The right half, less a square in its lower corner: no turn or mirror image looks the same."""
    mask = np.zeros((height, width), np.bool_)
    mask[:, width // 2 :] = True
    mask[height * 3 // 4 :, width * 3 // 4 :] = False
    return mask


def grey(mask: Mask, dark: int = 0, bright: int = 255) -> Image.Image:
    return Image.fromarray(np.where(mask, bright, dark).astype(np.uint8))


def sixteen() -> Image.Image:
    return Image.fromarray(np.where(half(), 65535, 0).astype(np.uint16))


def with_alpha(colour: tuple[int, int, int]) -> Image.Image:
    """One colour everywhere, opaque where the mask is."""
    image = Image.new("RGB", (WIDTH, HEIGHT), colour)
    image.putalpha(grey(half()))
    return image


def opaque() -> Image.Image:
    image = grey(half()).convert("RGBA")
    image.putalpha(255)
    return image


def palette() -> Image.Image:
    image = grey(half(), 3, 9).convert("P")
    image.putdata(np.where(half(), 1, 2).reshape(-1).tolist())
    image.putpalette([0, 0, 0, 255, 255, 255, 10, 10, 10])
    return image


def clear_index() -> Image.Image:
    """A palette whose index 2 is transparent, both colours being white."""
    image = palette()
    image.putpalette([0, 0, 0, 255, 255, 255, 255, 255, 255])
    image.info["transparency"] = 2
    return image


FILES = {
    "grey.png": lambda: mask_png(half()),
    "soft.png": lambda: badfiles.encoded(grey(half(), 127, 128), "PNG"),
    "bits.png": lambda: badfiles.encoded(Image.fromarray(half()), "PNG"),
    "bits.tiff": lambda: badfiles.encoded(Image.fromarray(half()), "TIFF", compression="group4"),
    "deep.png": lambda: badfiles.encoded(sixteen(), "PNG"),
    "deep.tiff": lambda: badfiles.encoded(sixteen(), "TIFF"),
    "palette.png": lambda: badfiles.encoded(palette(), "PNG"),
    "clear-index.png": lambda: badfiles.encoded(clear_index(), "PNG", transparency=2),
    "black-and-clear.png": lambda: badfiles.encoded(with_alpha((0, 0, 0)), "PNG"),
    "white-and-clear.webp": lambda: badfiles.encoded(
        with_alpha((255, 255, 255)), "WEBP", lossless=True
    ),
    "red-and-clear.tiff": lambda: badfiles.encoded(with_alpha((255, 0, 0)), "TIFF"),
    "opaque.png": lambda: badfiles.encoded(opaque(), "PNG"),
    "colour.bmp": lambda: badfiles.encoded(grey(half()).convert("RGB"), "BMP"),
    "lossless.webp": lambda: badfiles.encoded(grey(half()).convert("RGB"), "WEBP", lossless=True),
    "grey.jpg": lambda: badfiles.encoded(grey(half()), "JPEG", quality=90),
    "noisy.jpg": lambda: badfiles.encoded(grey(half()), "JPEG", quality=25),
    "cmyk.jpg": lambda: badfiles.encoded(grey(half()).convert("CMYK"), "JPEG", quality=95),
    "really-a-png.jpg": lambda: mask_png(half()),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_its_mask(name: str) -> None:
    found = mask_import.read(FILES[name](), name, WIDTH, HEIGHT)
    assert found.dtype == np.bool_
    assert (found == half()).all()


def holes() -> Mask:
    """A few pixels at either side of the mask's edge."""
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[2:4, WIDTH // 2 - 2 : WIDTH // 2 + 2] = True
    return mask


def pierced(image: Image.Image) -> Image.Image:
    """Opaque but for the holes."""
    image.putalpha(grey(~holes()))
    return image


def pierced_palette() -> Image.Image:
    image = Image.fromarray(np.where(holes(), 2, half()).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 255, 255, 255, 255, 255, 255])
    return image


BLACK_AND_WHITE = {
    "rgba.png": lambda: badfiles.encoded(pierced(grey(half()).convert("RGB")), "PNG"),
    "near.png": lambda: badfiles.encoded(pierced(grey(half(), 40, 210).convert("RGB")), "PNG"),
    "la.png": lambda: badfiles.encoded(pierced(grey(half())), "PNG"),
    "palette.png": lambda: badfiles.encoded(pierced_palette(), "PNG", transparency=2),
    "rgba.tiff": lambda: badfiles.encoded(pierced(grey(half()).convert("RGB")), "TIFF"),
    "rgba.webp": lambda: badfiles.encoded(
        pierced(grey(half()).convert("RGB")), "WEBP", lossless=True
    ),
    "lossy.webp": lambda: badfiles.encoded(
        pierced(grey(half()).convert("RGB")), "WEBP", quality=90
    ),
}


@pytest.mark.parametrize("name", BLACK_AND_WHITE)
def test_of_a_black_and_white_picture_with_holes_the_white_counts(name: str) -> None:
    found = mask_import.read(BLACK_AND_WHITE[name](), name, WIDTH, HEIGHT)
    assert (found == half() & ~holes()).all()


def test_a_small_white_spot_of_a_black_picture_with_holes_counts_alone() -> None:
    spot = np.zeros((HEIGHT, WIDTH), np.bool_)
    spot[30:32, 5:8] = True
    data = badfiles.encoded(pierced(grey(spot).convert("RGB")), "PNG")
    assert (mask_import.read(data, "m", WIDTH, HEIGHT) == spot).all()


def test_black_that_fades_out_has_no_white_rim() -> None:
    image = grey(half(), 30).convert("RGB")
    fading = np.full((HEIGHT, WIDTH), 255, np.uint8)
    fading[:, :4] = [0, 90, 130, 190]
    image.putalpha(Image.fromarray(fading))
    found = mask_import.read(badfiles.encoded(image, "PNG"), "m", WIDTH, HEIGHT)
    assert (found == half()).all()


def cut_out(mode: str) -> Image.Image:
    """A photograph with dark and bright pixels, opaque where the mask is."""
    photo = badfiles.picture(WIDTH, HEIGHT).convert(mode)
    photo.putalpha(grey(half()))
    return photo


def drawing() -> Image.Image:
    """Coloured, with a black line and a white spot."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (250, 190, 20))
    image.paste((0, 0, 0), (35, 0, 38, HEIGHT))
    image.paste((255, 255, 255), (42, 5, 50, 15))
    image.putalpha(grey(half()))
    return image


def soft(colour: int) -> Image.Image:
    """One grey, whose edge fades out over a few pixels."""
    mask = np.where(half(), 255, 0).astype(np.uint8)
    mask[:, WIDTH // 2 : WIDTH // 2 + 3] = [130, 170, 220]
    mask[:, WIDTH // 2 - 3 : WIDTH // 2] = [30, 80, 120]
    image = Image.new("L", (WIDTH, HEIGHT), colour)
    image.putalpha(Image.fromarray(mask))
    return image


def traced() -> Image.Image:
    """A black shape with one stray white pixel."""
    image = with_alpha((0, 0, 0))
    image.putpixel((WIDTH // 2 + 3, 3), (255, 255, 255, 255))
    return image


CUT_OUT = {
    "photo": lambda: cut_out("RGB"),
    "grey-photo": lambda: cut_out("L"),
    "drawing": drawing,
    "black-la": lambda: soft(0),
    "dark-la": lambda: soft(70),
    "white-la": lambda: soft(255),
    "traced": traced,
}


@pytest.mark.parametrize("name", CUT_OUT)
def test_what_is_cut_out_belongs_to_the_mask_whatever_its_colours(name: str) -> None:
    data = badfiles.encoded(CUT_OUT[name](), "PNG")
    assert (mask_import.read(data, name, WIDTH, HEIGHT) == half()).all()


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "rocket.jpg"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_real_photograph_that_is_cut_out_is_no_black_and_white_picture(
    name: str, mode: str
) -> None:
    with Image.open(DATA / "photos" / name) as photo:
        small = photo.convert(mode).resize((WIDTH * 5, HEIGHT * 5))
    small.putalpha(grey(half(*small.size)))
    found = mask_import.read(badfiles.encoded(small, "PNG"), name, *small.size)
    assert (found == half(*small.size)).all()


def turned(orientation: int, image: Image.Image, kind: str) -> bytes:
    undo = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
    exif = Image.Exif()
    exif[badfiles.ORIENTATION] = orientation
    return badfiles.encoded(image.transpose(undo), kind, exif=exif)


@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_mask_that_is_stored_turned_is_put_upright(kind: str, orientation: int) -> None:
    data = turned(orientation, grey(half()), kind)
    assert (mask_import.read(data, "m", WIDTH, HEIGHT) == half()).all()


@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_an_alpha_channel_that_is_stored_turned_is_put_upright(kind: str, orientation: int) -> None:
    data = turned(orientation, with_alpha((9, 9, 9)), kind)
    assert (mask_import.read(data, "m", WIDTH, HEIGHT) == half()).all()


@pytest.mark.parametrize("times", [2, 3, 7])
def test_a_smaller_mask_is_enlarged_pixel_by_pixel(times: int) -> None:
    expected = half().repeat(times, axis=0).repeat(times, axis=1)
    found = mask_import.read(mask_png(half()), "m", WIDTH * times, HEIGHT * times)
    assert (found == expected).all()


@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_of_a_larger_mask_the_majority_counts(times: int, seed: int) -> None:
    fine = np.random.default_rng(seed).random((8 * times, 12 * times)) < 0.5
    fine[:times, :times] = True
    blocks = fine.reshape(8, times, 12, times).mean(axis=(1, 3))
    assert (mask_import.read(mask_png(fine), "m", 12, 8) == (blocks >= 0.5)).all()


@given(st.integers(40, 900), st.integers(40, 900), st.floats(0.1, 4.0))
def test_every_rounding_of_a_side_is_the_same_shape(width: int, height: int, scale: float) -> None:
    w, h = max(4, round(width * scale)), max(4, round(height * scale))
    mask = np.ones((h, w), np.bool_)
    assert mask_import.read(mask_png(mask), "m", width, height).shape == (height, width)


def refusal(data: bytes, name: str = "mask.png") -> str:
    with pytest.raises(ImageError) as caught:
        mask_import.read(data, name, 600, 400)
    return str(caught.value)


@pytest.mark.parametrize("size", [(400, 600), (300, 300), (600, 420), (60, 43), (16000, 4)])
def test_another_shape_is_refused_with_both_sizes(size: tuple[int, int]) -> None:
    said = refusal(mask_png(half(*size)))
    assert f"“mask.png” is {size[0]}×{size[1]}" in said
    assert "600×400" in said


@pytest.mark.parametrize(
    "data",
    [
        mask_png(np.zeros((400, 600), np.bool_)),
        badfiles.encoded(Image.new("L", (600, 400), 127), "PNG"),
        badfiles.encoded(Image.new("RGBA", (600, 400), (255, 255, 255, 0)), "PNG"),
        badfiles.encoded(Image.new("RGBA", (600, 400), (255, 255, 255, 90)), "PNG"),
    ],
    ids=["black", "grey", "clear", "faint"],
)
def test_a_mask_without_white_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("Nothing in the mask is white")


def test_what_becomes_nothing_when_scaled_down_is_refused() -> None:
    dot = np.zeros((4000, 6000), np.bool_)
    dot[3, 3] = True
    assert refusal(mask_png(dot)).startswith("Nothing in the mask is white")


@pytest.mark.parametrize("name", badfiles.REFUSED)
def test_what_is_no_picture_is_refused_in_a_sentence(name: str) -> None:
    said = refusal(badfiles.REFUSED[name](), name)
    assert name in said
    assert said.endswith(".")


def test_a_file_without_a_name_is_called_a_mask() -> None:
    assert refusal(b"", "").startswith("“mask” is empty")


@pytest.mark.parametrize("name", badfiles.UNUSUAL)
def test_unusual_pictures_are_masks_too(name: str) -> None:
    data = badfiles.UNUSUAL[name]()
    found = mask_import.read(data, name, badfiles.WIDTH, badfiles.HEIGHT)
    # The picture is dark at the upper left and bright at the lower right.
    assert found[:60, :60].mean() < 0.5 < found[-60:, -60:].mean()
