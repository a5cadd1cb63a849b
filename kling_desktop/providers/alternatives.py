"""What to use instead of a model that is gone: the models left, the fitting ones first."""

from __future__ import annotations

from kling_desktop.model import areas
from kling_desktop.model.capabilities import Capability, Catalogue
from kling_desktop.model.carrying import carries, end_frame_refused, uses_brush
from kling_desktop.model.shot import Shot


def without(catalogue: Catalogue, *names: str) -> Catalogue:
    """The models that are left once some were refused as gone."""
    return Catalogue({key: each for key, each in catalogue.models.items() if key not in names})


def alternatives(catalogue: Catalogue, shot: Shot) -> list[Capability]:
    """The models of a catalogue, best first.

    First those that make this shot as it is set, then those that can with another mode or duration,
    then the rest; among equals those that nobody has announced to end, then the catalogue's order.
    """
    return sorted(
        catalogue.models.values(), key=lambda model: (_distance(model, shot), model.retired)
    )


def offer(catalogue: Catalogue, shot: Shot) -> str:
    """A sentence that names the best model instead, and what it would change."""
    found = alternatives(catalogue, shot)
    if not found:
        return "No other model is known here. Choose another account."
    best = found[0]
    distance = _distance(best, shot)
    if distance == 0:
        return f"{best.label} makes this shot as it is. Choose it and generate again."
    if distance == 1:
        return (
            f"{best.label} makes this shot with another mode or duration. Choose it, and what it "
            "asks for."
        )
    return (
        "No other model of this account takes everything in this shot. Choose another account, or "
        f"choose {best.label} and remove what it does not take."
    )


def _distance(model: Capability, shot: Shot) -> int:
    """0 where the model makes the shot as it is set, 1 with another mode or duration, else 2."""
    settings = shot.settings
    needs = _needs(model, shot)
    if needs is None or not all(needs):
        return 2
    fits = (
        (not model.modes or settings.mode in model.modes)
        and settings.duration in model.durations
        and all(model.allows(cells, settings.mode, settings.duration) for cells in needs)
    )
    return 0 if fits else 1


def _needs(model: Capability, shot: Shot) -> list[frozenset[tuple[str, str]]] | None:
    """The cells of each feature that the shot uses, or None where the model never takes one."""
    found, counts = [], areas.counts(shot.labels)
    carried = carries(shot, counts)
    if uses_brush(shot, counts) and not carried:
        found.append(model.brush)
    if shot.camera is not None and not carried:
        if shot.camera.kind not in model.camera_kinds:
            return None
        found.append(model.camera)
    if shot.end is not None or carried:
        if end_frame_refused(model.name):
            return None
        found.append(model.end_frame)
    return found
