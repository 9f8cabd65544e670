"""Reads text in pixels with rapidocr's packaged models. Fetches nothing; knows nothing of receipts."""

import asyncio
import importlib.util
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from generator.checks.pixels import Pixels
from generator.scene import Box

_DETECTOR, _RECOGNIZER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_DETECTION_SIDE = 960  # px, larger crops are reduced before lines are looked for
_MAX_STRIP = 80  # width to height of a single line; longer ones would cost seconds
_MISREAD = ("GREEK", "COPTIC")  # in the dictionary, but written with Latin look-alikes (measured: 0 % exact)


class TextReader(Protocol):
    """Reads the text in an image."""

    def unreadable(self, text: str) -> str:
        """Those characters of ``text`` that this reader can never report; empty if it can read all."""
        ...

    async def read(self, pixels: Pixels, *, one_line: bool = False) -> tuple[str, ...]:
        """The lines in ``(H, W, 3)`` sRGB pixels, in reading order.

        Args:
            pixels: The image.
            one_line: The image is a single line of text, do not look for lines.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """A line of text and the upright box around it, in pixels of what was read."""

    text: str
    box: Box


@runtime_checkable
class TextFinder(Protocol):
    """Says where text is. Optional for readers."""

    async def locate(self, pixels: Pixels) -> tuple[FoundLine, ...]:
        """The lines in ``(H, W, 3)`` sRGB pixels, in reading order, with their places."""
        ...


class RapidOcr:
    """PP-OCRv6 small on the CPU: Latin with diacritics, Chinese and Japanese; no Hangul, Cyrillic, Arabic, Hebrew.

    The models are loaded at the first use and kept. All reading happens on one thread of its own, one image at a time.
    A line of 18 px or higher is read without error; below 14 px it is not.
    """

    def __init__(self, *, threads: int = 2) -> None:
        """``threads``: how many cores one reading may use."""
        self._threads = threads
        self._engine: Any = None
        self._alphabet: frozenset[str] | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ocr")

    def unreadable(self, text: str) -> str:
        """Characters that are not in the recognizer's dictionary. The first call reads the model: 0.3 s, blocking."""
        if self._alphabet is None:
            self._alphabet = _alphabet(_models() / _RECOGNIZER)
        known = self._alphabet
        return "".join(letter for letter in text if letter not in known and not letter.isspace())

    async def read(self, pixels: Pixels, *, one_line: bool = False) -> tuple[str, ...]:
        """See :class:`TextReader`. About 20 to 60 ms for a crop of 640 px."""
        height, width = pixels.shape[:2]
        if height < 1 or width < 1 or width > _MAX_STRIP * height:
            return ()
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._read, pixels, one_line)

    async def locate(self, pixels: Pixels) -> tuple[FoundLine, ...]:
        """See :class:`TextFinder`. About a second for a whole picture."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._locate, pixels)

    def close(self) -> None:
        """Let the thread end."""
        self._executor.shutdown(wait=True)

    def _locate(self, pixels: Pixels) -> tuple[FoundLine, ...]:
        if self._engine is None:
            self._engine = _load(self._threads)
        result = self._engine(np.ascontiguousarray(pixels[..., ::-1]), use_det=True)  # it would keep the last answer
        return tuple(
            FoundLine(text=text, box=_upright(corners))
            for text, corners in zip(result.txts or (), result.boxes if result.txts else (), strict=True)
            if text.strip()
        )

    def _read(self, pixels: Pixels, one_line: bool) -> tuple[str, ...]:  # noqa: FBT001  # run_in_executor passes by position
        if self._engine is None:
            self._engine = _load(self._threads)
        # rapidocr takes OpenCV's order of channels.
        result = self._engine(np.ascontiguousarray(pixels[..., ::-1]), use_det=not one_line)
        return tuple(text for text in (result.txts or ()) if text.strip())


def _upright(corners: Any) -> Box:
    points = np.asarray(corners, dtype=np.float64)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _models() -> Path:
    """The folder of the packaged models, found without importing the package (which loads OpenCV)."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("rapidocr is not installed")
    return Path(spec.origin).parent / "models"


def _load(threads: int) -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415  # loads OpenCV: not before something is read

    models = _models()
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            # Explicit paths: without them rapidocr checks digests and downloads what is missing.
            "Det.model_path": str(models / _DETECTOR),
            "Rec.model_path": str(models / _RECOGNIZER),
            "Det.limit_type": "max",  # the default enlarges every crop to 736 px
            "Det.limit_side_len": _DETECTION_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def _alphabet(recognizer: Path) -> frozenset[str]:
    """The characters that the model can output, from its metadata, without the scripts that it misreads."""
    import onnxruntime  # noqa: PLC0415  # half a second, and only needed when something is read

    session = onnxruntime.InferenceSession(str(recognizer), providers=["CPUExecutionProvider"])
    letters = session.get_modelmeta().custom_metadata_map["character"].splitlines()
    return frozenset(letter for letter in letters if not unicodedata.name(letter[:1], "").startswith(_MISREAD))
