"""Requests that halt where they need the device."""

import pytest
import torch

from generator.diffusion.families.calling import STAND_INS
from generator.diffusion.families.qwen_image import QwenImage
from generator.diffusion.fibers import Fiber, Kind, StandIn, own
from tests.generator.diffusion.tiny import tiny


def body(model, log):
    def run():
        log.append("begun")
        first = model(1)
        second = model.decode(first)
        return f"{first} {second} {model.name}"

    return run


class Model(torch.nn.Module):
    name = "tiny"

    def forward(self, value):
        return f"forward {value}"

    def decode(self, value):
        return f"decoded {value}"


HALTING: dict[str, Kind] = {"__call__": "forward", "decode": "aside"}


def test_a_request_halts_at_each_call_and_goes_on_with_the_answer():
    log: list[str] = []
    fiber = Fiber(body(StandIn(Model(), HALTING), log))
    assert log == []

    fiber.start()
    assert log == ["begun"]
    assert fiber.call is not None
    assert (fiber.call.kind, fiber.call.args) == ("forward", (1,))
    fiber.answer(fiber.call.alone())
    assert fiber.call.kind == "aside"
    fiber.answer("shared")
    assert fiber.is_over
    assert fiber.result == "forward 1 shared tiny"


def test_an_error_is_raised_where_the_request_waits_and_ends_it():
    fiber = Fiber(body(StandIn(Model(), HALTING), []))
    fiber.start()

    with pytest.raises(KeyError):
        fiber.fail(KeyError("stopped"))
    assert fiber.is_over
    assert fiber.call is None


def test_outside_of_a_request_a_stand_in_is_its_model():
    assert StandIn(Model(), HALTING)(2) == "forward 2"
    assert StandIn(Model(), HALTING).decode(2) == "decoded 2"


def test_requests_take_turns_in_any_order():
    fibers = [Fiber(body(StandIn(Model(), HALTING), [])) for _ in range(3)]
    for fiber in fibers:
        fiber.start()
    for fiber in reversed(fibers):
        fiber.answer("a")
    for number, fiber in enumerate(fibers):
        fiber.answer(number)

    assert [fiber.result for fiber in fibers] == ["a 0 tiny", "a 1 tiny", "a 2 tiny"]


def test_a_request_s_own_pipeline_is_on_the_device_of_the_model(tmp_path_factory):
    pipeline = QwenImage().load(str(tiny("qwen_image", tmp_path_factory)), {"local_files_only": True})
    pipeline.to("meta")  # a device that is not the CPU

    assert own(pipeline, STAND_INS)._execution_device == torch.device("meta")
