"""What is computed beside the denoising: text encoding, pixels from latents. One at a time, in a thread of its own.

On a GPU it has a stream of its own, so that its kernels fill what the denoising leaves; models with state between
calls, such as a decoder with a cache, are never entered twice at once.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch.utils._pytree import tree_map_only

Done = Callable[[Any, BaseException | None], None]


class Aside:
    """A thread that computes calls in the order in which they come."""

    def __init__(self, device: torch.device) -> None:
        """Start the thread."""
        self._device = device
        self._calls: queue.SimpleQueue[tuple[Callable[[], Any], Done] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="threadbrush-aside", daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[], Any], done: Done) -> None:
        """Compute ``run()``; ``done`` is called in this thread with its result or error."""
        self._calls.put((run, done))

    def close(self) -> None:
        """End after what was submitted."""
        self._calls.put(None)
        self._thread.join()

    def _work(self) -> None:
        torch.set_grad_enabled(False)
        stream = torch.cuda.Stream(self._device) if self._device.type == "cuda" else None
        while (item := self._calls.get()) is not None:
            run, done = item
            try:
                if stream is not None:
                    # What the call was given may still be in the making on the stream of the denoising.
                    stream.wait_stream(torch.cuda.default_stream(self._device))
                with torch.cuda.stream(stream) if stream is not None else nullcontext():
                    value = run()
                if stream is not None:
                    stream.synchronize()
                    _hand_over(value, torch.cuda.default_stream(self._device))
            except BaseException as exc:  # noqa: BLE001  # it is raised in the request, wherever that waits
                done(None, exc)
            else:
                done(value, None)
            finally:
                del run, done, item


def _hand_over(value: Any, stream: torch.cuda.Stream) -> None:
    """Keep the memory of tensors from being used again here while the other stream still reads them."""
    tree_map_only(torch.Tensor, lambda tensor: tensor.record_stream(stream) if tensor.is_cuda else None, value)
