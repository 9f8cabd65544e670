"""Builds the engine that the settings name. The only file that knows the neural engines, and only when one is wanted."""

import sys
from collections.abc import Callable, Mapping
from importlib import util

from bots.config import EngineSettings
from bots.deferred import Deferred
from bots.exits import CommandFailed
from generator.engine import Engine, Warms
from generator.errors import GeneratorError
from generator.models.card import ModelCard
from generator.sketch.engine import Sketch

GPU_LIBRARIES = ("torch", "diffusers", "transformers")


class EngineUnusable(CommandFailed):
    """The engine cannot be had with these settings on this machine; the message says in one sentence why."""


def build_engine(settings: EngineSettings, on_lost: Callable[[], None] = lambda: None) -> Engine:
    """The engine, with nothing loaded yet.

    Args:
        settings: What the operator decided.
        on_lost: Called in any thread once the engine's device does not answer any more: the process must end.

    Raises:
        EngineUnusable: A model is not where the settings say, or a setting is impossible.
    """
    if settings.kind == "diffusion":
        return _diffusion(settings, on_lost)
    if settings.kind == "remote":
        return _remote(settings)
    return Sketch(timeout_seconds=settings.limit_seconds)


def cards_of(settings: EngineSettings) -> Mapping[str, ModelCard]:
    """The cards of the models of a diffusion engine, by what the settings call them, the default first.

    Raises:
        EngineUnusable: There is no such model.
    """
    from generator.models.folders import card_for  # noqa: PLC0415 - commands without an engine do without it
    from generator.models.table import CARDS  # noqa: PLC0415

    try:
        return {source: card_for(source) for source in settings.models or (CARDS[0].id,)}
    except ValueError as exc:
        raise EngineUnusable(str(exc)) from exc


def license_notices(settings: EngineSettings) -> tuple[str, ...]:
    """What restricts the use of the models' images, a sentence each; nothing for models that anybody may use.

    Raises:
        EngineUnusable: There is no such model.
    """
    if settings.kind != "diffusion":
        return ()
    restricted = [card for card in cards_of(settings).values() if card.license.commercial != "yes"]
    return tuple(f"{card.id}: license {card.license.name}. {card.license.condition}".strip() for card in restricted)


async def prepared(settings: EngineSettings, engine: Engine) -> None:
    """Get the engine ready, so that what is wrong with it is said before anybody waits for a picture.

    What restricts the use of its models is written to stderr first.

    Raises:
        EngineUnusable: It cannot be loaded.
    """
    for notice in license_notices(settings):
        sys.stderr.write(f"{notice}\n")
    if not isinstance(engine, Warms):
        return
    try:
        await engine.warm()
    except ImportError as exc:
        raise EngineUnusable(missing_libraries() or f"a library of the engine cannot be loaded: {exc}") from exc
    except (OSError, ValueError, RuntimeError, GeneratorError) as exc:
        raise EngineUnusable(f"the engine's model cannot be loaded: {_first_line(exc)}") from exc


def missing_libraries() -> str:
    """What is not installed for drawing on this machine, and how to mend it; empty if nothing is."""
    missing = [name for name in GPU_LIBRARIES if util.find_spec(name) is None]
    return f"{', '.join(missing)} not installed: pip install 'threadbrush[gpu]'" if missing else ""


def _diffusion(settings: EngineSettings, on_lost: Callable[[], None]) -> Engine:
    from generator.models.abilities import capabilities_of  # noqa: PLC0415

    cards = cards_of(settings)

    def make() -> Engine:
        if missing := missing_libraries():
            raise ImportError(missing)
        from generator.diffusion.engine import Diffusion  # noqa: PLC0415 - loads torch
        from generator.diffusion.settings import Setup  # noqa: PLC0415

        setup = Setup(
            models=tuple(cards),
            device=settings.device,
            memory=settings.memory,
            offload=settings.offload,
            quantize=settings.quantize,
            local_only=settings.local_only,
            previews=settings.previews,
            interactive_seconds=settings.interactive_seconds,
            timeout_seconds=settings.limit_seconds,
            encodings=settings.encodings,
            compile=settings.compile,
        )
        return Diffusion(setup, cards, on_lost)

    return Deferred("diffusion", capabilities_of(tuple(cards.values())), make)


def _remote(settings: EngineSettings) -> Engine:
    from generator.models.abilities import capabilities_of  # noqa: PLC0415
    from generator.remote.dialects import Flavor  # noqa: PLC0415
    from generator.remote.setup import RemoteSetup  # noqa: PLC0415

    try:
        setup = RemoteSetup(
            base_url=settings.base_url or "",
            model=settings.model or "",
            flavor=Flavor(settings.flavor),
            api_key=settings.api_key.get_secret_value() if settings.api_key else None,
            timeout_seconds=settings.limit_seconds,
            concurrency=settings.concurrency,
            previews=settings.previews,
            edit=settings.edit,
            sizes=settings.sizes,
            transparent=settings.transparent,
            references=settings.references,
            retries=settings.retries,
        )
    except ValueError as exc:
        raise EngineUnusable(f"the remote engine cannot be used: {exc}") from exc

    def make() -> Engine:
        from generator.remote.engine import Remote  # noqa: PLC0415 - loads the client of the API

        return Remote(setup)

    return Deferred("remote", capabilities_of((setup.card,)), make)


def _first_line(error: Exception) -> str:
    """What a library says may be a page long."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
