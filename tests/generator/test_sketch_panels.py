"""Charts, step cards and uploaded images."""

from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.scene import Kind, SceneObject
from generator.sketch.metrics import SketchMetrics
from generator.sketch.panels import nice_step, number_text
from generator.sketch.styles import STYLES
from generator.sketch.svg import to_svg
from tests.generator.sketch_scenes import MIDDLE, inside, pixels, scene, share

WHOLE = (8.0, 8.0, 248.0, 248.0)
VALUES = st.one_of(st.floats(), st.integers(), st.text(max_size=5), st.none())
ROWS = st.lists(st.lists(st.one_of(st.text(max_size=12), VALUES), max_size=4), max_size=30)


def panel(kind: Kind, data: object, **fields: object) -> SceneObject:
    return SceneObject(id="panel", kind=kind, data=data, boxes=(WHOLE,), **fields)  # type: ignore[arg-type]


def photo(color: str = "#cc3344", size: tuple[int, int] = (80, 40)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


def upload(**fields: object) -> SceneObject:
    return SceneObject(id="image", kind=Kind.IMAGE, image="d", boxes=(MIDDLE,), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
def test_a_chart_shows_the_asked_colors_in_every_style(kind, style):
    data = {"type": kind, "title": "Sales", "items": [["a", 30, "#ff6600"], ["b", 70, "#006644"]]}

    picture = pixels(scene(panel(Kind.CHART, data), style=style, background="#eef2ff"))

    assert share(picture, "#ff6600") > 0.0005
    assert share(picture, "#006644") > 0.0005
    assert share(picture[~inside(picture, WHOLE)], "#eef2ff", 0) == 1.0


def test_bars_are_as_high_as_their_values():
    data = {"type": "bar", "items": [["a", 50, "#ff0000"], ["b", 100, "#0000ff"]]}
    picture = pixels(scene(panel(Kind.CHART, data)))
    red, blue = ((abs(picture[..., :3] - color).max(axis=-1) <= 2).any(axis=1).sum() for color in ([255, 0, 0], [0, 0, 255]))  # fmt: skip

    assert blue / red == pytest.approx(2.0, rel=0.06)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["bar", "line", "pie", "x"]), st.text(max_size=20), ROWS)
def test_any_chart_data_gives_a_valid_picture(kind, title, rows):
    svg, _ = to_svg(scene(panel(Kind.CHART, {"type": kind, "title": title, "items": rows})), {})

    ET.fromstring(svg)  # noqa: S314 - our own output
    assert "nan" not in svg
    assert "inf" not in svg


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_any_step_data_gives_a_valid_picture(rows):
    svg, _ = to_svg(scene(panel(Kind.CARD, {"steps": rows})), {})

    ET.fromstring(svg)  # noqa: S314 - our own output


def test_cards_are_numbered_and_colored():
    picture = pixels(scene(panel(Kind.CARD, {"steps": [["Mix", "flour"], ["Bake", ""]]}, color="#aa2266")))

    assert share(picture, "#aa2266") > 0.01


def test_axis_steps_are_round_numbers():
    assert [nice_step(span, 4) for span in (10, 37, 100, 0.9, 0)] == [2.5, 10.0, 25.0, 0.25, 1.0]


def test_numbers_are_written_for_people():
    assert [number_text(value) for value in (1250, 3.5, 2_400_000, -7.0, 0.25)] == [
        "1,250",
        "3.5",
        "2.4M",
        "-7",
        "0.25",
    ]


def test_an_upload_keeps_its_proportions_and_stays_in_its_box():
    picture = pixels(scene(upload(mask="none")), {"d": photo()})
    red = (abs(picture[..., :3] - [0xCC, 0x33, 0x44]).max(axis=-1) <= 2).nonzero()

    assert red[1].max() - red[1].min() + 1 == pytest.approx(128, abs=2)
    assert red[0].max() - red[0].min() + 1 == pytest.approx(64, abs=2)
    assert share(picture[~inside(picture, MIDDLE)], "#ffffff", 0) == 1.0


def test_masks_cut_the_corners_off():
    plain, rounded, circle = (share(pixels(scene(upload(mask=mask)), {"d": photo(size=(64, 64))}), "#cc3344") for mask in ("none", "rounded", "circle"))  # fmt: skip

    assert plain > rounded > circle
    assert circle / plain == pytest.approx(0.785, abs=0.02)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"<svg/>"])
def test_an_unreadable_upload_is_reported(data):
    _, notices = to_svg(scene(upload(label="my logo")), {"d": data})

    assert [(notice.key, notice.args["object"]) for notice in notices] == [("image-missing", "my logo")]


def test_the_metrics_know_the_proportions_of_uploads():
    metrics = SketchMetrics({"d": photo()})

    assert metrics.aspect(upload()) == 2.0
    assert metrics.aspect(upload(mask="circle")) == 1.0


@pytest.mark.parametrize("kind", ["bar", "line", "pie"])
def test_numbers_near_the_end_of_the_float_range_do_not_break_a_chart(kind):
    svg, _ = to_svg(scene(panel(Kind.CHART, {"type": kind, "items": [["a", 1.5e308], ["b", -1.5e308]]})), {})

    assert "nan" not in svg
    assert "inf" not in svg
