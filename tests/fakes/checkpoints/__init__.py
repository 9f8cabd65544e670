"""Tiny checkpoints of every family of models, with random weights, built offline and loaded as real ones are.

``python -m tests.fakes.checkpoints NAME FOLDER`` writes one, to try ``--engine diffusion --model FOLDER`` without a
download. What such a model draws is noise.
"""

import shutil
import tempfile
from pathlib import Path

import generator.diffusion  # noqa: F401 - first: it lets torchvision be imported beside a CPU build of torch
from tests.fakes.checkpoints.pipelines import PIPELINES, build
from tests.fakes.checkpoints.tokens import tokenizer

__all__ = ["NAMES", "build", "save", "tokenizer"]

NAMES = tuple(PIPELINES)


def save(name: str, folder: Path) -> Path:
    """Write a checkpoint as its release would be; nothing is done where it was written already.

    Processes that write the same one at the same time do not see each other's halves. Folders of pipelines of blocks
    name where their parts are; here that is the folder's final place.

    Args:
        name: One of ``NAMES``.
        folder: Where its files will be.

    Raises:
        KeyError: There is none of that name.
    """
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
    pipeline = build(name)
    said = {"overwrite_modular_index": True} if hasattr(pipeline, "blocks") else {}
    pipeline.save_pretrained(str(unfinished), **said)
    unfinished.chmod(0o755)
    for index in unfinished.glob("modular_model_index.json"):
        index.write_text(index.read_text().replace(str(unfinished), str(folder)))
    try:
        unfinished.rename(folder)
    except OSError:  # somebody else was faster
        shutil.rmtree(unfinished)
    return folder
