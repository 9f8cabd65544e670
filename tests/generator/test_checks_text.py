"""Reading texts back: with the packaged models on pictures drawn with packaged fonts."""

import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.checks import RapidOcr, measure
from generator.checks.text import folded
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest, TextBlock
from generator.scene import Kind, Scene, SceneObject, TextRole
from tests.generator.pictures import draw, png_of


@pytest.fixture(scope="module")
def reader():
    ocr = RapidOcr()
    yield ocr
    ocr.close()


async def read_back(reader: RapidOcr | None, asked: str, drawn: str | None = None, **fields: object) -> ReceiptLine:
    """The text line of a picture that shows ``drawn`` where ``asked`` was wanted."""
    background = str(fields.pop("background", "#ffeecc"))
    height = float(str(fields.pop("height", 90))) * (asked.count("\n") + 1)
    item = SceneObject(id="title1", kind=Kind.TEXT, text=asked, boxes=((40, 60, 984, 60 + height),), **fields)  # type: ignore[arg-type]  # fields named by tests
    scene = Scene(width=1024, height=512, background=background, objects=(item,))
    delivered = replace(scene, objects=(replace(item, text=asked if drawn is None else drawn),))
    lines = await measure(png_of(draw(delivered)), GenerationRequest(), scene, redraws=None, references={}, ocr=reader)
    (line,) = (line for line in lines if line.check == "text")
    return line


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "SALE 50%",
        "Spring Festival\nMay 10, 2026",
        "Zürich – “Café” naïve",
        "Don’t panic!",
        "Oil 10 mm",
        "C++ & Rust @ 10:30",
        "a",
        "x² + y² = z²",
        "Price: $1,299.00 (incl. VAT)",
    ],
)
@pytest.mark.parametrize(
    "look",
    [
        {},
        {"color": "#ffffff", "background": "#c0392b", "height": 36},
        {"color": "#ffee00", "background": "transparent"},
        {"color": "#ffffff", "plate": "#7c3aed", "background": "#88aa55"},
    ],
    ids=["dark", "small white on red", "yellow on nothing", "on a plate"],
)
async def test_what_is_written_is_read_back(reader, text, look):
    line = await read_back(reader, text, **look)

    assert line.passed is True, line.measured


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "drawn"),
    [
        ("SALE 50%", "SAEL 50%"),
        ("SALE 50%", "SALE 60%"),
        ("SALE 50%", "Sale 50%"),
        ("Grand Opening", "Grand Opning"),
        ("Grand Opening", "Grand Opening!"),
        ("Grand\nOpening", "Grand"),
        ("Café", "Cafe"),
        ("Hello", ""),
    ],
)
async def test_a_misspelling_fails_and_is_shown(reader, asked, drawn):
    line = await read_back(reader, asked, drawn)

    assert line.passed is False
    assert folded(line.measured) == folded(drawn)


@pytest.mark.slow
async def test_a_turned_text_is_read(reader):
    item = SceneObject(id="t", kind=Kind.TEXT, text="Upside", angle=90, boxes=((100, 40, 190, 400),))
    scene = Scene(width=512, height=512, objects=(item,))
    flat = replace(item, angle=0, boxes=((76, 180, 436, 270),))
    image = draw(replace(scene, objects=(flat,))).rotate(-90)
    item = replace(item, boxes=((242, 76, 332, 436),))
    scene = replace(scene, objects=(item,))

    lines = await measure(
        png_of(image), GenerationRequest(width=512, height=512), scene, redraws=None, references={}, ocr=reader
    )

    assert [line.passed for line in lines if line.check == "text"] == [True]


@pytest.mark.slow
async def test_chinese_and_japanese_are_read(reader):
    fonts = pytest.importorskip("cvttf_NotoSansCJK_Regular", reason="the extra cjk is not installed")
    font = str(Path(fonts.__file__).parent / "NotoSansCJKtc-Regular.otf")

    for text in ("開催 2026", "春の祭り"):
        line = await read_back(reader, text, art=font)

        assert line.passed is True, line.measured


@pytest.mark.slow
async def test_a_text_block_without_an_object_is_looked_for_everywhere(reader):
    item = SceneObject(id="t", kind=Kind.TEXT, text="Grand Opening", boxes=((40, 60, 984, 150),))
    image = draw(Scene(width=1024, height=512, objects=(item,)))
    request = GenerationRequest(
        width=1024,
        height=512,
        text_blocks=(TextBlock(text="Grand Opening", role=TextRole.TITLE), TextBlock(text="Free entry")),
    )

    lines = await measure(png_of(image), request, None, redraws=None, references={}, ocr=reader)

    assert [(line.asked, line.passed) for line in lines if line.check == "text"] == [
        ("Grand Opening", True),
        ("Free entry", False),
    ]


@pytest.mark.parametrize(
    ("text", "script"),
    [("세일 50%", "Hangul"), ("Привет", "Cyrillic"), ("שלום", "Hebrew"), ("مرحبا", "Arabic"), ("ΚΑΛΗΜΕΡΑ", "Greek")],
)
async def test_a_script_that_the_reader_cannot_read_is_not_checked(reader, text, script):
    line = await read_back(reader, text, "")

    assert (line.passed, line.measured) == (None, f"not checked: no reader for {script}")


async def test_without_a_reader_no_text_is_checked():
    line = await read_back(None, "SALE 50%")

    assert (line.passed, line.measured) == (None, "not checked: no reader")


async def test_a_text_of_pictographs_is_not_checked(reader):
    line = await read_back(reader, "🎉❤️", "")

    assert (line.passed, line.measured) == (None, "not checked: nothing to read")


def test_typography_and_spacing_are_folded_and_case_and_accents_are_not():
    assert folded("“Don’t”  —\n½ ﬁve…") == folded('"Don\'t" - ½ five...')
    assert folded("Sale") != folded("sale")
    assert folded("Café") != folded("Cafe")
    assert folded("I ♥ NY") == folded("INY")


@pytest.mark.slow
async def test_reading_opens_no_connection(monkeypatch):
    def refuse(*_):
        raise AssertionError("a reader must not open connections")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    ocr = RapidOcr(threads=1)
    picture = draw(
        Scene(
            width=400,
            height=120,
            objects=(SceneObject(id="t", kind=Kind.TEXT, text="OK", boxes=((20, 20, 380, 100),)),),
        )
    )

    lines = await ocr.read(np.asarray(picture))
    ocr.close()

    assert lines == ("OK",)


async def test_an_image_without_text_reads_as_nothing(reader):
    for size in ((1, 1), (300, 200), (2000, 10)):
        assert await reader.read(np.asarray(Image.new("RGB", size, "#336699"))) == ()
