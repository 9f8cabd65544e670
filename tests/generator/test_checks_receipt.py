"""Fault injection: an honest picture passes every check, and each fault fails exactly its own line."""

from dataclasses import replace

import pytest
from PIL import Image

from generator.checks import measure
from generator.errors import RenderFailed
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Kind, Scene, SceneObject
from tests.generator.pictures import PillowRedraws, change, draw, png_of, poster

APPLES, CAR, TREE = "apple1", "car1", "tree1"


async def receipt(scene: Scene, delivered: Scene | Image.Image, output_format: str = "PNG", **options: object):
    """The receipt of a picture that shows ``delivered`` where ``scene`` was asked."""
    image = draw(delivered) if isinstance(delivered, Scene) else delivered
    request = GenerationRequest(width=scene.width, height=scene.height, background=scene.background)
    encoded = png_of(image, output_format, **options)
    return await measure(encoded, request, scene, redraws=PillowRedraws(), references={}, ocr=None)


def failed(lines: tuple[ReceiptLine, ...]) -> list[tuple[str, str]]:
    return [(line.check, line.target) for line in lines if line.passed is False]


def line_of(lines: tuple[ReceiptLine, ...], check: str, target: str = "") -> ReceiptLine:
    (line,) = (line for line in lines if (line.check, line.target) == (check, target))
    return line


@pytest.mark.parametrize("background", ["#ffeecc", "#000000", "transparent", ("#ffeecc", "#aaccff")])
async def test_an_honest_picture_passes_every_check(background):
    scene = poster(background)

    lines = await receipt(scene, scene)

    assert [(line.check, line.target, line.passed) for line in lines] == [
        ("size", "", True),
        ("background", "", True),
        ("object", APPLES, True),
        ("object", CAR, True),
        ("object", TREE, True),
        ("object", "", True),
        ("color", APPLES, True),
        ("color", CAR, True),
        ("color", "title1", True),
        ("text", "title1", None),
    ]
    assert line_of(lines, "object", APPLES).measured == "3 of 3 visible"
    assert line_of(lines, "color", CAR).measured == "#2563eb"


@pytest.mark.parametrize(
    ("output_format", "options"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 90}),
    ],
)
async def test_an_honest_picture_passes_in_every_format(output_format, options):
    scene = poster()

    lines = await receipt(scene, scene, output_format, **options)

    assert failed(lines) == []


@pytest.mark.parametrize(("width", "height"), [(256, 256), (1536, 512), (640, 1920)])
async def test_an_honest_picture_passes_in_every_shape(width, height):
    scene = poster(width=width, height=height)

    lines = await receipt(scene, scene)

    assert failed(lines) == []


async def test_a_dropped_object_fails_its_line_alone():
    scene = poster()
    delivered = replace(scene, objects=tuple(item for item in scene.objects if item.id != CAR))

    lines = await receipt(scene, delivered)

    assert failed(lines) == [("object", CAR)]
    assert line_of(lines, "object", CAR).measured == "0 of 1 visible"
    assert line_of(lines, "color", CAR).passed is None


@pytest.mark.parametrize("missing", [0, 1, 2])
async def test_one_missing_instance_of_three_is_counted(missing):
    scene = poster()
    boxes = scene.objects[0].boxes

    lines = await receipt(scene, change(scene, APPLES, boxes=boxes[:missing] + boxes[missing + 1 :]))

    assert failed(lines) == [("object", APPLES)]
    assert line_of(lines, "object", APPLES).measured == "2 of 3 visible"


async def test_an_instance_that_the_layout_lost_is_counted():
    scene = poster()
    scene = change(scene, APPLES, boxes=scene.objects[0].boxes[:2])

    lines = await receipt(scene, scene)

    assert failed(lines) == [("object", APPLES)]
    assert line_of(lines, "object", APPLES).measured == "2 of 3 visible"


@pytest.mark.parametrize("background", ["#ffeecc", "transparent"])
async def test_a_wrong_hue_fails_its_color_alone_and_is_named(background):
    scene = poster(background)

    lines = await receipt(scene, change(scene, CAR, color="#16a34a"))

    assert failed(lines) == [("color", CAR)]
    assert line_of(lines, "color", CAR).measured.startswith("#16a34a, ΔE 5")


async def test_a_shade_beyond_the_just_noticeable_fails_and_one_within_passes():
    scene = poster()

    near = await receipt(scene, change(scene, CAR, color="#2764ea"))
    far = await receipt(scene, change(scene, CAR, color="#2f6cf2"))

    assert failed(near) == []
    assert failed(far) == [("color", CAR)]


@pytest.mark.parametrize("shift", [(36, 0), (-36, 0), (0, 36), (0, -36), (25, 25)])
async def test_a_shifted_box_fails_its_line_alone(shift):
    scene = poster()
    ((x0, y0, x1, y1),) = scene.objects[1].boxes
    across, down = shift

    lines = await receipt(scene, change(scene, CAR, boxes=((x0 + across, y0 + down, x1 + across, y1 + down),)))

    assert failed(lines) == [("object", CAR)]
    assert line_of(lines, "object", CAR).measured == "1 of 1 visible, out of place"


async def test_an_object_drawn_larger_than_its_box_is_out_of_place():
    scene = poster()
    ((x0, y0, x1, y1),) = scene.objects[2].boxes

    lines = await receipt(scene, change(scene, TREE, boxes=((x0 - 20, y0 - 20, x1 + 20, y1 + 20),)))

    assert line_of(lines, "object", TREE).measured == "1 of 1 visible, out of place"


async def test_an_object_behind_another_is_hidden():
    scene = poster()
    scene = replace(scene, objects=(replace(scene.objects[2], boxes=((640, 540, 700, 600),)), *scene.objects[:2]))

    lines = await receipt(scene, scene)

    assert failed(lines) == [("object", TREE)]
    assert line_of(lines, "object", TREE).measured == "0 of 1 visible, hidden"


async def test_objects_on_top_of_each_other_are_told_apart():
    scene = poster()
    hat = SceneObject(id="hat1", art="hat", color="#f59e0b", boxes=((660, 420, 760, 520),))
    stacked = replace(scene, objects=(*scene.objects, hat))

    honest = await receipt(stacked, stacked)
    without_hat = await receipt(stacked, scene)

    assert failed(honest) == []
    assert failed(without_hat) == [("object", "hat1")]


async def test_an_opaque_background_fails_transparency_alone():
    scene = poster("transparent")

    lines = await receipt(scene, replace(scene, background="#ffffff"))

    assert failed(lines) == [("background", "")]
    assert line_of(lines, "background").measured == "#ffffff"


async def test_an_object_dropped_from_a_flattened_picture_is_still_missed():
    scene = poster("transparent")
    delivered = replace(scene, background="#ffffff", objects=tuple(item for item in scene.objects if item.id != CAR))

    lines = await receipt(scene, delivered)

    assert failed(lines) == [("background", ""), ("object", CAR)]


async def test_a_wrong_background_color_fails_alone_and_is_named():
    scene = poster("#ffeecc")

    lines = await receipt(scene, replace(scene, background="#ffeedd"))

    assert failed(lines) == [("background", "")]
    assert line_of(lines, "background").measured == "#ffeedd, as asked on 0.0%"


async def test_a_gradient_upside_down_fails():
    scene = poster(("#ffeecc", "#aaccff"))

    lines = await receipt(scene, replace(scene, background=("#aaccff", "#ffeecc")))

    assert ("background", "") in failed(lines)
    assert line_of(lines, "background").measured == "#aaccff to #ffeecc"


async def test_a_wrong_size_fails_alone():
    scene = poster()

    lines = await receipt(scene, draw(scene).resize((1000, 1000), Image.Resampling.LANCZOS))

    assert failed(lines) == [("size", "")]
    assert line_of(lines, "size").measured == "1000 × 1000"


async def test_something_that_nobody_asked_for_is_found():
    scene = replace(poster(), background="#ffeecc")
    stain = SceneObject(id="stain", boxes=((880, 880, 980, 980),))

    lines = await receipt(scene, replace(scene, objects=(*scene.objects, stain)))

    assert ("object", "") in failed(lines)
    assert {check for check, _ in failed(lines)} <= {"object", "background"}
    assert line_of(lines, "object").measured.startswith("something at 8")


async def test_twenty_objects_need_few_redraws():
    boxes = [
        (30 + column * 200, 30 + row * 250, 190 + column * 200, 230 + row * 250)
        for row in range(4)
        for column in range(5)
    ]
    objects = tuple(SceneObject(id=f"thing{index}", color="#2563eb", boxes=(box,)) for index, box in enumerate(boxes))
    scene = Scene(width=1024, height=1024, background="#ffffff", objects=objects)
    redraws = PillowRedraws()
    request = GenerationRequest(background="#ffffff")

    honest = await measure(png_of(draw(scene)), request, scene, redraws=redraws, references={}, ocr=None)
    dropped = draw(replace(scene, objects=objects[:7] + objects[8:]))
    faulty = await measure(png_of(dropped), request, scene, redraws=redraws, references={}, ocr=None)

    assert failed(honest) == []
    assert failed(faulty) == [("object", "thing7")]
    assert max(redraws.calls) <= 6


class BrokenRedraws:
    async def redraw(self, scenes, references, longest_side):
        raise RenderFailed(f"{len(scenes)} scenes, {len(references)} references, {longest_side} px")


async def test_without_redraws_objects_are_not_checked_and_colors_still_are():
    scene = poster()
    request = GenerationRequest(background="#ffeecc")
    encoded = png_of(draw(change(scene, CAR, color="#16a34a")))

    for redraws in (None, BrokenRedraws()):
        lines = await measure(encoded, request, scene, redraws=redraws, references={}, ocr=None)

        assert {line.passed for line in lines if line.check == "object"} == {None}
        assert all(line.measured.startswith("not checked: ") for line in lines if line.passed is None)
        assert failed(lines) == [("color", CAR)]


async def test_a_picture_without_a_scene_is_measured_at_its_corners():
    request = GenerationRequest(width=256, height=256, background="#336699")
    right, wrong = Image.new("RGB", (256, 256), "#336699"), Image.new("RGB", (256, 256), "#996633")

    assert failed(await measure(png_of(right), request, None, redraws=None, references={}, ocr=None)) == []
    assert failed(await measure(png_of(wrong), request, None, redraws=None, references={}, ocr=None)) == [
        ("background", "")
    ]


async def test_bytes_that_are_no_image_are_one_failed_line():
    lines = await measure(b"<svg/>", GenerationRequest(), None, redraws=None, references={}, ocr=None)

    assert [(line.check, line.passed) for line in lines] == [("size", False)]


async def test_texts_and_charts_are_counted_as_what_they_are():
    scene = poster()
    chart = SceneObject(id="chart1", kind=Kind.CHART, boxes=((600, 760, 900, 960),))
    scene = replace(scene, objects=(*scene.objects, chart))

    lines = await receipt(scene, scene)

    assert line_of(lines, "object", "chart1").passed is True
    assert not [line for line in lines if line.check == "object" and line.target == "title1"]
