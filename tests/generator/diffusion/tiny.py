"""Tiny models with random weights for the tests of a run, and their cards."""

from pathlib import Path
from typing import Any

import pytest

from generator.models.card import Abilities, FamilyName, License, ModelCard
from tests.fakes.checkpoints import save


def tiny(name: str, factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny checkpoint: written once, whichever of the run's processes asks first; not to be changed."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base  # a worker of pytest-xdist has a folder in it
    return save(name, shared / "checkpoints" / name)


def card(name: str, **more: Any) -> ModelCard:
    """A card of a tiny model of that family."""
    facts: dict[str, Any] = {
        "id": f"tiny/{name}",
        "family": FamilyName(name),
        "license": License(name="none", commercial="yes"),
        "abilities": Abilities(edit=True, references=4),
        "steps": 4,
        "guidance": 1.0,
        "text_tokens": 64,
    }
    return ModelCard(**{**facts, **more})
