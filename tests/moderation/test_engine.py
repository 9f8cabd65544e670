import asyncio
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from moderation.engine import Layers, Moderator, build_moderator
from moderation.policy import load_policies
from moderation.types import Action, Finding, Verdict, combine


class Silent:
    """A layer that finds nothing."""

    def __init__(self, name="silent"):
        self.name = name

    async def classify(self, _content):
        return ()


class Raising(Silent):
    """A layer that breaks."""

    async def classify(self, _content):
        raise RuntimeError("broken")


class Hanging(Silent):
    """A layer that never answers."""

    async def classify(self, _content):
        await asyncio.Event().wait()
        return ()


SILENT = (Silent(),)


def moderator(text=SILENT, images=SILENT, judges=(), required=frozenset(), timeout=0.05):
    layers = Layers(text=text, images=images, judges=judges, required=required, timeout=timeout)
    return Moderator(load_policies(), layers)


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("layer", [Raising("broken"), Hanging("stuck")])
async def test_a_deterministic_layer_that_fails_blocks(layer):
    verdict = await moderator(text=(Silent(), layer)).check_text("a red apple", stage="input", locale="ko")
    assert verdict.action is Action.BLOCK
    assert [(finding.layer, finding.label) for finding in verdict.findings] == [(layer.name, "layer_failed")]
    assert "안전 확인" in verdict.reason


@pytest.mark.parametrize("layer", [Raising("broken"), Hanging("stuck")])
async def test_an_image_layer_that_fails_blocks(layer):
    verdict = await moderator(images=(layer,)).check_image(b"", stage="output", locale="en")
    assert (verdict.action, verdict.findings[0].layer) == (Action.BLOCK, layer.name)


async def test_a_judge_blocks_by_failing_only_when_it_is_required():
    judges = (Raising("judge"),)
    optional = await moderator(judges=judges).check_text("a", stage="plan", locale="en")
    required = await moderator(judges=judges, required=frozenset({"judge"})).check_text("a", stage="plan", locale="en")
    assert (optional.action, required.action) == (Action.ALLOW, Action.BLOCK)
    assert optional.findings[0].label == "layer_failed"


def test_a_moderator_without_a_required_layer_cannot_be_built():
    with pytest.raises(ValueError, match="at least one"):
        moderator(images=())
    with pytest.raises(ValueError, match="not there: judge"):
        moderator(required=frozenset({"judge"}))


async def test_layers_run_side_by_side():
    class Slow(Silent):
        async def classify(self, _content):
            started.append(self.name)
            while len(started) < 2:
                await asyncio.sleep(0)
            return ()

    started: list[str] = []
    verdict = await moderator(text=(Slow("a"), Slow("b")), timeout=5).check_text("a", stage="input", locale="en")
    assert (verdict.action, sorted(started)) == (Action.ALLOW, ["a", "b"])


async def test_an_unreadable_image_is_blocked():
    verdict = await build_moderator().check_image(b"not a picture", stage="output", locale="en")
    assert (verdict.action, verdict.findings[0].layer) == (Action.BLOCK, "nudity")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
async def test_benign_pictures_pass_the_nudity_model(mode):
    rng = np.random.default_rng(7)
    for _ in range(3):
        image = Image.new(mode, (320, 240), tuple(int(value) for value in rng.integers(0, 255, 3)))
        draw = ImageDraw.Draw(image)
        for _ in range(6):
            left, top = (int(value) for value in rng.integers(0, 200, 2))
            draw.ellipse((left, top, left + 60, top + 40), fill=tuple(int(value) for value in rng.integers(0, 255, 3)))
        verdict = await build_moderator().check_image(
            png(image), stage="output", locale="en", context_text="a child with balloons"
        )
        assert verdict.action is Action.ALLOW
        assert verdict.milliseconds > 0


@pytest.mark.parametrize("words", ["swap the face with mine", "make it a mugshot", "얼굴을 바꿔 줘", "make her sexy"])
async def test_harmless_words_over_an_upload_are_judged_as_a_pair(words):
    picture = png(Image.new("RGB", (32, 32), "teal"))
    verdict = await build_moderator().check_image(picture, stage="reference", locale="en", context_text=words)
    assert verdict.action is Action.BLOCK
    assert {finding.policy for finding in verdict.findings} == {"real-people"}


async def test_a_harmless_edit_of_an_upload_passes():
    picture = png(Image.new("RGB", (32, 32), "teal"))
    verdict = await build_moderator().check_image(
        picture, stage="reference", locale="en", context_text="make the background blue"
    )
    assert verdict.action is Action.ALLOW


verdicts = st.builds(
    Verdict,
    action=st.sampled_from(Action),
    findings=st.lists(
        st.builds(
            Finding,
            layer=st.just("layer"),
            policy=st.just("hate"),
            label=st.just("hate"),
            score=st.floats(0, 1),
            threshold=st.just(0.5),
            rule=st.text(max_size=3),
        ),
        max_size=2,
    ).map(tuple),
)


@given(st.lists(verdicts, min_size=1, max_size=4), st.randoms())
def test_combining_takes_the_worst_action_in_any_order_and_keeps_every_finding(several, random):
    shuffled = random.sample(several, len(several))
    combined = combine(several)
    assert combined.action is max((verdict.action for verdict in several), key=lambda action: action.severity)
    assert combine(shuffled).action is combined.action
    assert len(combined.findings) == sum(len(verdict.findings) for verdict in several)


def test_combining_nothing_blocks():
    assert combine(()).action is Action.BLOCK
