"""The shot file: a shot to a ``.kling`` and back, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from kling_desktop.model.areas import Labels
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, Settings, Shot
from kling_desktop.storage import atomic, container
from kling_desktop.storage.container import Packed, ShotFileError, quoted

if TYPE_CHECKING:
    from kling_desktop.storage.schema import Document

__all__ = [
    "ShotFileError",
    "camera_from_json",
    "load",
    "paths_from_json",
    "save",
    "settings_from_json",
]

SUFFIX = ".kling"
JSON = "shot.json"
AREAS = "areas.png"
PREVIEW = "preview.jpg"

ReadPicture = Callable[[bytes, str], Picture]
"""Bytes and a file name to a picture; raises ValueError with a sentence."""
ReadLabels = Callable[[bytes, int, int], Labels]
"""PNG bytes and the image's width and height to a label map; raises ValueError with a sentence."""
WriteLabels = Callable[[Labels], bytes]


def save(
    shot: Shot, path: FilePath, *, labels_png: WriteLabels, preview: bytes | None = None
) -> None:
    """Write a shot whole; the same shot gives the same bytes. ``preview`` is a JPEG.

    Over a file of the same image, members that this version does not know are carried over.
    Raises ShotFileError for what ``load`` would refuse, StorageError where the disk refuses;
    either way the file that was there is as it was.
    """
    members = _members(shot, labels_png, preview)
    atomic.write(path, container.pack(members | _carried(path, shot, members)))


def _members(shot: Shot, labels_png: WriteLabels, preview: bytes | None) -> dict[str, Packed]:
    """Name → what is packed, of what this version writes; raises ShotFileError."""
    from kling_desktop.storage import schema

    picture = shot.picture
    if picture is None:
        raise ShotFileError("There is no image in this shot yet; open one, then save.")
    if shot.labels.shape != (picture.height, picture.width):
        raise ShotFileError("The areas are not of the image's size; clear them, then save.")
    document = _document(shot, picture)
    members = {
        JSON: (schema.dump(document), container.JSON_LIMIT),
        document.image: (picture.data, container.IMAGE_LIMIT),
        AREAS: (labels_png(shot.labels), container.AREAS_LIMIT),
    }
    if shot.end is not None and document.end_image is not None:
        members[document.end_image] = (shot.end.data, container.IMAGE_LIMIT)
    if preview is not None:
        members[PREVIEW] = (preview, container.IMAGE_LIMIT)
    return members


def _carried(path: FilePath, shot: Shot, members: Mapping[str, Packed]) -> dict[str, Packed]:
    """What the file to be replaced holds beside what this version knows.

    Nothing where it is no shot, or one of another image: then it is not ours to continue.
    """
    from kling_desktop.storage import schema

    try:
        with container.opened(path) as old:
            document = schema.parse(old.read(JSON, container.JSON_LIMIT))
            image = old.read(document.image, container.IMAGE_LIMIT)
            if shot.picture is None or image != shot.picture.data:
                return {}
            known = {JSON, PREVIEW, document.image, document.areas, document.end_image, *members}
            return old.carried({name for name in known if name}, members)
    except ShotFileError:
        return {}


def load(path: FilePath, *, read_picture: ReadPicture, read_labels: ReadLabels) -> Shot:
    """Read a shot whoever made the file. Raises ShotFileError with a sentence, changing nothing."""
    from kling_desktop.storage import schema

    try:
        with container.opened(path) as members:
            document = schema.parse(members.read(JSON, container.JSON_LIMIT))
            return _shot(document, members, read_picture, read_labels)
    except ShotFileError as error:
        raise ShotFileError(f"{quoted(path.name)} cannot be opened. {error}") from error


def paths_from_json(found: object) -> dict[int, Path]:
    """The ``paths`` object of a shot file as area → path; raises ShotFileError with a sentence."""
    from kling_desktop.storage import path_part

    return path_part.paths_from_json(found)


def camera_from_json(found: object) -> Camera | None:
    """The API's ``camera_control`` object, or None; raises ShotFileError with a sentence."""
    from kling_desktop.storage import schema

    return schema.camera_from_json(found)


def settings_from_json(found: object) -> Settings:
    """The ``settings`` object of a shot file; raises ShotFileError with a sentence."""
    from kling_desktop.storage import schema

    return schema.settings_from_json(found)


def _document(shot: Shot, picture: Picture) -> Document:
    from kling_desktop.storage.schema import Document

    return Document(
        image=f"image.{picture.suffix}",
        areas=AREAS,
        end_image=f"end.{shot.end.suffix}" if shot.end else None,
        image_name=picture.name,
        end_image_name=shot.end.name if shot.end else "",
        paths=shot.paths,
        camera=shot.camera,
        settings=shot.settings,
        looks=shot.looks,
        land=shot.land,
        end_carries=shot.end_carries,
        extra=shot.extra,
    )


def _shot(
    document: Document,
    members: container.Members,
    read_picture: ReadPicture,
    read_labels: ReadLabels,
) -> Shot:
    image = members.read(document.image, container.IMAGE_LIMIT)
    picture = _understood("image", read_picture, image, document.image_name)
    areas = members.read(document.areas, container.AREAS_LIMIT)
    labels = _understood("areas", read_labels, areas, picture.width, picture.height)
    end = None
    if document.end_image is not None:
        tail = members.read(document.end_image, container.IMAGE_LIMIT)
        end = _understood("end frame", read_picture, tail, document.end_image_name)
    return Shot(
        picture=picture,
        labels=labels,
        paths=document.paths,
        camera=document.camera,
        end=end,
        settings=document.settings,
        looks=document.looks,
        land=document.land,
        end_carries=document.end_carries,
        extra=document.extra,
    )


def _understood(what: str, read: Callable[..., Any], data: bytes, *rest: object) -> Any:
    """What a reader makes of a member; its own sentence, where it refuses, is the best there is."""
    try:
        return read(data, *rest)
    except ShotFileError:
        raise
    except ValueError as error:
        raise ShotFileError(f"Its {what} cannot be used: {error}") from error
