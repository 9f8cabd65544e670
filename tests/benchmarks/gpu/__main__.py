"""Run it: ``python -m tests.benchmarks.gpu [--tiny] [--only NAME] [--count N] [--mixed N] [--no-compile]``."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence

import torch

from tests.benchmarks.gpu import bare, figures, ours
from tests.benchmarks.gpu.models import Bench, benches
from tests.benchmarks.gpu.streams import Wanted, arrivals, mixed, squares

LOAD = 0.8  # of the bare loop's capacity


def say(line: str) -> None:
    """A line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Run:
    """One model, measured."""

    def __init__(self, bench: Bench, device: torch.device, options: argparse.Namespace) -> None:
        self._bench, self._device, self._options = bench, device, options
        self._pipeline = bench.pipeline(device)

    def all(self) -> None:
        """Batches of both sizes, then the mixed stream."""
        card, options = self._bench.card, self._options
        parameters = sum(each.numel() for each in self._pipeline.transformer.parameters())
        say(f"\n{card.id}: {parameters / 1e9:.2f} B parameters in the transformer")
        streams = [
            (f"{options.count} x {side} px", squares(options.count, side, self._bench.steps))
            for side in self._bench.sides
        ]
        wild = mixed(options.mixed, self._mixed_sides(), references=card.abilities.references > 0)
        plain = {name: self._bare(stream) for name, stream in streams}
        alone = self._bare(wild)
        bounds = {name: 1 / self._denoise(stream[0]) for name, stream in streams}
        compiled: dict[str, list[float]] = {}
        if options.compile:
            bare.compiled(self._pipeline)
            compiled = {name: self._bare(stream) for name, stream in streams}
            bounds = {name: max(bounds[name], 1 / self._denoise(stream[0])) for name, stream in streams}
        came = arrivals(len(wild), LOAD * len(wild) / sum(alone))
        asyncio.run(self._ours(streams, plain, compiled, bounds, wild, alone, came))

    async def _ours(
        self,
        streams: Sequence[tuple[str, Sequence[Wanted]]],
        plain: dict[str, list[float]],
        compiled: dict[str, list[float]],
        bounds: dict[str, float],
        wild: Sequence[Wanted],
        alone: Sequence[float],
        came: Sequence[float],
    ) -> None:
        engine = ours.engine_of(
            self._bench.card,
            self._pipeline,
            str(self._device),
            compile_blocks=False,  # (b) has compiled it
        )
        try:
            await engine.warm()
            for name, stream in streams:
                await ours.serve(engine, stream[:8], [0.0] * 8)
                self._forget_peak()
                _, seconds = await ours.serve(engine, stream, [0.0] * len(stream))
                fast = compiled.get(name)
                throughput = figures.Throughput(
                    name=name,
                    bare=len(stream) / sum(plain[name]),
                    compiled=None if fast is None else len(stream) / sum(fast),
                    ours=len(stream) / seconds,
                    bound=bounds[name],
                )
                for line in throughput.lines():
                    say(line)
                self._say_peak()
            self._forget_peak()
            served, _ = await ours.serve(engine, wild, came)
        finally:
            await engine.close()
        waits = bare.waited(alone, came)
        for lane in (True, False):
            name = "interactive" if lane else "bulk"
            first = [wait for wait, wanted in zip(waits, wild, strict=True) if wanted.interactive is lane]
            fair = [one.seconds for one in served if one.wanted.interactive is lane]
            say(figures.latency(f"mixed, {name}, (a) first come, first served", first))
            say(figures.latency(f"mixed, {name}, (c)", fair))
            say(f"mixed, {name}: p95 (c)/(a) {figures.part(fair, 0.95) / figures.part(first, 0.95):.2f}")
        say(figures.foretelling(served))
        self._say_peak()

    def _bare(self, stream: Sequence[Wanted]) -> list[float]:
        card = self._bench.card
        bare.serve(self._pipeline, stream[:2], card.guidance, card.text_tokens)
        return bare.serve(self._pipeline, stream, card.guidance, card.text_tokens)

    def _denoise(self, wanted: Wanted) -> float:
        card = self._bench.card
        measure: Callable[[], float] = lambda: bare.denoise_seconds(  # noqa: E731 - said three times below
            self._pipeline, wanted, card.guidance, card.text_tokens
        )
        return min(measure() for _ in range(3))

    def _mixed_sides(self) -> tuple[int, int, int]:
        return (32, 64, 96) if self._bench.tiny else (512, 1024, 1536)

    def _forget_peak(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(self._device)

    def _say_peak(self) -> None:
        if self._device.type == "cuda":
            say(f"  peak memory {torch.cuda.max_memory_allocated(self._device) / 2**30:.1f} GiB")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gpu")
    parser.add_argument("--tiny", action="store_true", help="tiny models, for a machine without a GPU")
    parser.add_argument("--only", choices=("flux2", "z_image"), help="one model")
    parser.add_argument("--count", type=int, default=64, help="images of each batch")
    parser.add_argument("--mixed", type=int, default=80, help="images of the mixed stream")
    parser.add_argument("--no-compile", dest="compile", action="store_false", help="leave out (b)")
    options = parser.parse_args()
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    if device.type == "cpu" and not options.tiny:
        parser.exit(1, "there is no GPU: run it with --tiny, which says nothing of speed on one\n")
    torch.set_grad_enabled(False)
    say(f"device: {torch.cuda.get_device_name(device) if device.type == 'cuda' else 'CPU'}, torch {torch.__version__}")
    for bench in benches(tiny=options.tiny):
        if options.only in (None, bench.card.family):
            Run(bench, device, options).all()


if __name__ == "__main__":
    main()
