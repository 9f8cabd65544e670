"""Compiles what repeats in a transformer: a block is compiled once and serves all of its like, alone and in packs.

Packs call the blocks of FLUX.2 and FLUX.3 as those call them, so that both run what was compiled; Z-Image's and
Qwen-Image's packs call parts of theirs, which stay as they are. Attention over unlike requests is left out of what is
compiled: it is one kernel anyway, and its lengths change with every pack.
"""

from typing import Any, Final

import structlog
import torch

BACKEND: Final = "inductor"

log = structlog.get_logger(__name__)


def compile_blocks(transformer: Any, backend: str = BACKEND) -> int:
    """Have the repeated blocks compiled when they are first called; how many there are.

    What cannot be compiled then runs as it is, and torch says so in its log.

    Args:
        transformer: One of diffusers', which says what repeats (``_repeated_blocks``).
        backend: Of ``torch.compile``.
    """
    repeated = set(getattr(transformer, "_repeated_blocks", None) or ())
    blocks = [module for module in transformer.modules() if type(module).__name__ in repeated]
    torch._dynamo.config.suppress_errors = True  # noqa: SLF001 - its documented place
    for block in blocks:
        block.compile(backend=backend, dynamic=True)  # lengths differ from forward to forward
    log.info("blocks_compile_at_first_use", blocks=len(blocks))
    return len(blocks)
