"""``threadbrush models``: which models there are, what they may be used for, what they can do, and what fits this GPU."""

import asyncio
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from bots import gpu, terminal
from bots.config import Settings
from bots.engines import EngineUnusable, cards_of
from generator.models.card import ModelCard
from generator.models.fits import QUANTIZATIONS, fit, weights
from generator.models.table import CARDS

GB = 10**9


async def run(settings: Settings, *, as_json: bool) -> int:
    """Print the table."""
    gpus = await asyncio.to_thread(gpu.look)
    chosen, trouble = _chosen(settings)
    cards = (*(card for card in chosen if card not in CARDS), *CARDS)
    configured = {card.id for card in chosen}
    memory = gpus.found[0].memory if gpus.found else None
    if as_json:
        rows = [_row(card, memory, configured=card.id in configured) for card in cards]
        found = [{"name": one.name, "memory": one.memory} for one in gpus.found]
        terminal.print_json({"schema": 1, "gpus": found, "trouble": trouble, "models": rows})
        return 0
    _show(cards, configured, gpus)
    if trouble:
        Console(stderr=True).print(f"[red]✗[/] {escape(trouble)}", soft_wrap=True)
    return 0


def _chosen(settings: Settings) -> tuple[tuple[ModelCard, ...], str]:
    """The cards of the configured models, or why there are none."""
    if settings.engine.kind != "diffusion":
        return (), ""
    try:
        return tuple(cards_of(settings.engine).values()), ""
    except EngineUnusable as exc:
        return (), exc.message


def _row(card: ModelCard, memory: int | None, *, configured: bool) -> dict[str, Any]:
    able = card.abilities
    found = None if memory is None else fit(card, memory)
    return {
        "id": card.id,
        "family": card.family.value,
        "revision": card.revision,
        "base": None if card.lora is None else card.lora.base,
        "configured": configured,
        "license": card.license.name,
        "license_url": card.license.url,
        "commercial": card.license.commercial,
        "condition": card.license.condition,
        "abilities": {name: getattr(able, name) for name in able.__dataclass_fields__},
        "steps": card.steps,
        "guidance": card.guidance,
        "native_pixels": card.native,
        "most_pixels": card.most,
        "weights_bytes": {name: weights(card, name) for name in QUANTIZATIONS} if card.memory else None,
        "fits": None if found is None else {"quantize": found[0], "text_encoder_outside": found[1]},
    }


def _show(cards: tuple[ModelCard, ...], configured: set[str], gpus: gpu.Gpus) -> None:
    console = Console(file=sys.stdout)
    memory = gpus.found[0].memory if gpus.found else None
    for card in cards:
        mark = "[green]●[/]" if card.id in configured else " "
        console.print(f"{mark} [bold]{escape(card.id)}[/]", soft_wrap=True)
        fits = [] if memory is None else [_fit(card, memory)]
        for line in (f"commercial use: {_use(card)}", ", ".join(_abilities(card)), " · ".join([_sizes(card), *fits])):
            console.print(Padding(line, (0, 0, 0, 4)))
    console.print()
    if configured:
        console.print("[green]●[/] configured", soft_wrap=True)
    console.print("Weights are computed from the numbers of parameters; drawing needs some more.", soft_wrap=True)
    console.print(_gpu(gpus), soft_wrap=True)


def _use(card: ModelCard) -> str:
    name = escape(card.license.name)
    return {
        "yes": f"[green]yes[/] ({name})",
        "no": f"[red]no[/] ({name})",
        "conditional": f"[yellow]under conditions[/] ({name}): {escape(card.license.condition)}",
    }[card.license.commercial]


def _abilities(card: ModelCard) -> list[str]:
    able = card.abilities
    said = {
        "create": able.create,
        f"edit with {able.references} images" if able.references > 1 else "edit": able.edit,
        "mask": able.mask,
        "transparency": able.rgba and not able.layers,
        "layers": able.layers,
        "boxes": able.boxes,
        ("", "words", "sentences", "pages")[able.text] + " of text": able.text > 1,
    }
    return [words for words, true in said.items() if true]


def _sizes(card: ModelCard) -> str:
    if not card.memory:
        return f"{card.steps} steps"
    whole, fp8, int4 = (weights(card, name) / GB for name in ("none", "fp8", "int4"))
    return f"{card.steps} steps · weights {_gb(whole)}, fp8 {_gb(fp8)}, int4 {_gb(int4)}"


def _gb(size: float) -> str:
    return f"{size:.0f} GB" if size >= 1 else f"{1000 * size:.1f} MB"


def _fit(card: ModelCard, memory: int) -> str:
    if not card.memory:
        return "size unknown"
    found = fit(card, memory)
    if found is None:
        return "[red]does not fit[/]"
    quantization, outside = found
    how = [f"quantize {quantization}"] if quantization != "none" else []
    how += ["text encoder outside"] if outside else []
    return f"[yellow]fits with {', '.join(how)}[/]" if how else "[green]fits[/]"


def _gpu(gpus: gpu.Gpus) -> str:
    if gpus.version is None:
        return "PyTorch is not installed, so no GPU was looked for: pip install 'threadbrush[gpu]'"
    if gpus.broken:
        return f"PyTorch {gpus.version} is installed and cannot be loaded; `threadbrush doctor` says more."
    if not gpus.found:
        return f"PyTorch {gpus.version} finds no GPU; models draw on the processor, slowly."
    return "; ".join(f"{escape(one.name)}, {one.gib}" for one in gpus.found)
