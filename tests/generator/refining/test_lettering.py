"""Words over a picture: where the model tried to write them, on the color around, within the picture whatever was found."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator.checks.ocr import FoundLine, RapidOcr
from generator.refining.lettering import _roomy, lettered, place_of
from generator.request import TextBlock
from generator.scene import TextRole
from generator.sketch.engine import Sketch

SIDES = st.floats(-200, 2000, allow_nan=False)


def found(text: str, *box: float) -> FoundLine:
    return FoundLine(text=text, box=box)  # type: ignore[arg-type]


def picture(color: str = "#3a6ea5", size: tuple[int, int] = (640, 480), mode: str = "RGB") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, color).save(target, "PNG")
    return target.getvalue()


def test_words_are_found_where_the_model_tried_to_write_them_over_several_lines() -> None:
    lines = (
        found("EXIT", 0, 0, 50, 20),
        found("GRNAD", 100, 100, 300, 140),
        found("OPENNIG", 110, 150, 320, 190),
        found("9 am", 0, 300, 60, 320),
    )

    assert place_of("Grand Opening", lines) == (100, 100, 320, 190)
    assert place_of("Thank you", lines) is None
    assert place_of("Grand Opening", ()) is None


@given(left=SIDES, top=SIDES, width=st.floats(1, 900), height=st.floats(1, 900))
def test_a_plate_lies_within_the_picture_and_is_large_enough_to_read(
    left: float, top: float, width: float, height: float
) -> None:
    x0, y0, x1, y1 = _roomy((left, top, left + width, top + height), (640, 480))

    assert 0 <= x0 <= x1 <= 640
    assert 0 <= y0 <= y1 <= 480
    if 0 <= left <= 640 - width and 0 <= top <= 480 - height:
        assert x1 - x0 >= min(640, max(width, 0.25 * 640)) - 0.01
        assert y1 - y0 >= min(480, max(height, 0.06 * 480)) - 0.01
        assert x0 <= left
        assert y0 <= top


@pytest.mark.slow
async def test_the_words_can_be_read_back_and_the_wrong_ones_are_covered() -> None:
    blocks = (
        TextBlock(text="Harvest Market", role=TextRole.TITLE),
        TextBlock(text="서울 빵집", role=TextRole.LABEL),
    )
    sketch, reader = Sketch(), RapidOcr()
    wrong, _ = await lettered(picture(), (TextBlock(text="aHrvset Makret", role=TextRole.TITLE),), (), sketch)
    lines = await reader.locate(np.asarray(Image.open(io.BytesIO(wrong)).convert("RGB")))
    png, objects = await lettered(wrong, blocks, lines, sketch)
    with Image.open(io.BytesIO(png)) as image:
        pixels = np.asarray(image)
        read = await reader.read(pixels)

    assert [line.text for line in lines] == ["aHrvset Makret"]
    assert "Harvest Market" in read
    assert not any("aHrvset" in line for line in read)
    assert [item.text for item in objects] == ["Harvest Market", "서울 빵집"]
    assert objects[1].boxes[0][1] > 240  # nobody tried to write it: at the lower edge
    assert (pixels[0, 0] == [0x3A, 0x6E, 0xA5]).all()
    assert objects[0].plate == objects[1].plate == "#3a6ea5"


@pytest.mark.slow
async def test_words_on_a_transparent_picture_leave_the_rest_transparent() -> None:
    png, _ = await lettered(picture("#00000000", mode="RGBA"), (TextBlock(text="Hello"),), (), Sketch())
    with Image.open(io.BytesIO(png)) as image:
        alpha = np.asarray(image.getchannel("A"))

    assert 0 < (alpha > 0).mean() < 0.9
