"""What a model made of prompts and references, kept for the next request that brings the same ones."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import torch
from torch.utils._pytree import tree_flatten


class Encodings:
    """The results that were used last, within a limit of bytes. Not safe for threads: the device's thread owns it.

    Args:
        most: Bytes of all tensors together; 0 keeps nothing.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made under that key, or what ``make`` makes of it now. Nobody may change it.

        Raises:
            Exception: Whatever ``make`` raises; nothing is kept then.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        made = make()
        size = sum(each.nbytes for each in tree_flatten(made)[0] if isinstance(each, torch.Tensor))
        if size <= self._most and key not in self._kept:  # two requests may make the same one side by side
            self._kept[key] = (made, size)
            self._bytes += size
        while self._bytes > self._most:
            self._bytes -= self._kept.popitem(last=False)[1][1]
        return made

    def clear(self) -> None:
        """Forget everything; memory is returned."""
        self._kept.clear()
        self._bytes = 0
