"""Receipts of what the embedded engine really draws."""

import threading
from dataclasses import replace

import pytest

from generator.checks import measure
from generator.engine import Redraws
from generator.finishing import finish
from generator.request import GenerationRequest
from generator.scene import Kind, Scene, SceneObject, TextRole
from generator.sketch.engine import Sketch
from generator.sketch.styles import STYLES

DOG, CAR = "1f415", "1f697"


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("background", ["transparent", ("#ffeecc", "#aaccff")])
async def test_every_style_of_the_sketch_engine_passes_its_receipt_and_a_dropped_dog_does_not(style, background):
    engine = Sketch()
    objects = (
        SceneObject(id="dog1", art=DOG, label="dog", color="#7c3aed", count=3),
        SceneObject(id="car1", art=CAR, label="car", color="#16a34a"),
        SceneObject(id="title1", kind=Kind.TEXT, text="Go!", role=TextRole.TITLE, color="#111827"),
    )
    scene = Scene(width=512, height=512, background=background, style=style, objects=objects)
    request = GenerationRequest(width=512, height=512, background=background, style=style, scene=scene)
    (image,) = await engine.render(request, {}, 1, lambda _: None, threading.Event())
    solved = image.scene
    assert solved is not None
    assert isinstance(engine, Redraws)
    dog = solved.objects[0]
    fewer = replace(solved, objects=(replace(dog, count=2, boxes=dog.boxes[1:]), *solved.objects[1:]))
    (faulty,) = await engine.redraw([fewer], {}, 512)
    delivered = (await finish(image, request)).data

    honest = await measure(delivered, request, solved, redraws=engine, references={}, ocr=None)
    dropped = await measure(faulty, request, solved, redraws=engine, references={}, ocr=None)

    assert [line for line in honest if line.passed is False] == []
    assert [(line.target, line.measured) for line in dropped if line.passed is False] == [("dog1", "2 of 3 visible")]
