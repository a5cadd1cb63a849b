"""What a command says of a model that its provider does not serve any more: its name, and the others."""

from __future__ import annotations

from pathlib import Path

from kling_desktop.model.capabilities import Capability, Catalogue
from kling_desktop.model.task import Task
from kling_desktop.storage.accounts import AccountError
from kling_desktop.workshop import Workshop, read_shot


def other_models(workshop: Workshop, task: Task) -> str:
    """A sentence or two: which model is gone where, and those that are left, the fitting ones first."""
    from kling_desktop.providers.alternatives import without

    try:
        served = workshop.catalogue(workshop.account(task.account))
    except AccountError as error:
        return str(error)
    model = served.get(task.model)
    gone = f"{model.label} ({task.model})" if model else f"The model {task.model or 'of the shot'}"
    said = f"{gone} is gone at “{task.account}”."
    left = _best_first(without(served, task.model), task)
    if not left:
        return f"{said} No other model is known there; choose another account."
    names = ", ".join(each.name for each in left)
    return f"{said} Still served there: {names}. “new --set model_name=…” chooses one."


def _best_first(left: Catalogue, task: Task) -> list[Capability]:
    from kling_desktop.providers.alternatives import alternatives

    try:
        return alternatives(left, read_shot(Path(task.shot or "")))
    except (ValueError, OSError):  # the shot is not there any more, or was never a file
        return sorted(left.models.values(), key=lambda model: model.retired)
