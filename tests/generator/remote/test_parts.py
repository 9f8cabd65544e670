"""The pure parts: answers of any kind, and how calls are split."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.errors import RenderFailed
from generator.remote.answers import images_in, pixels_of, preview_of
from generator.remote.order import PER_CALL, Order, calls, size_of
from generator.remote.pace import Pace
from generator.remote.setup import RemoteSetup
from generator.request import MAX_SIDE, MIN_SIDE
from tests.fakes.openai_images.pictures import drawn
from tests.fakes.openai_images.server import fits_gpt_image_2

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["data", "b64_json", "url"]), inner),
    max_leaves=12,
)
PNG = drawn(40, 30, "x", transparent=True)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.integers(1, 4))
def test_any_answer_is_read_or_refused(body, count):
    try:
        found = images_in(body, count)
    except RenderFailed:
        return
    assert len(found) == count


@given(st.integers(0, len(PNG) - 1), st.integers(1, 255))
def test_any_damaged_picture_is_read_or_refused(at, change):
    damaged = PNG[:at] + bytes([PNG[at] ^ change]) + PNG[at + 1 :]
    for read in (pixels_of, preview_of):
        try:
            read(damaged)
        except RenderFailed:
            continue


def test_pixels_keep_their_transparency():
    pixels = pixels_of(PNG)

    assert pixels.shape == (30, 40, 4)
    assert pixels.dtype == "float32"
    assert (pixels.min(), pixels.max()) == (0, 1)
    assert pixels_of(drawn(40, 30, "x")).shape == (30, 40, 3)


@given(st.integers(1, 10), st.booleans(), st.booleans(), st.none() | st.integers(0, 2**32 - 1))
def test_calls_ask_for_every_picture_once(n, streamed, several, seed):
    order = Order(kind="create", fields={}, seed=seed)
    found = calls(order, n, streamed=streamed, several=several)

    assert [call.first + index for call in found for index in range(call.count)] == list(range(n))
    assert all(call.count <= (PER_CALL if several and seed is None else 1) for call in found)
    assert all(call.count == 1 for call in found if call.streamed)


@given(long=st.integers(MIN_SIDE, MAX_SIDE), ratio=st.floats(1, 3), upright=st.booleans())
@example(long=512, ratio=1.0, upright=False)
@example(long=3777, ratio=3.0, upright=False)
def test_openai_is_asked_for_sizes_that_it_draws(long, ratio, upright):
    short = min(long, max(MIN_SIDE, math.ceil(long / ratio)))
    width, height = (short, long) if upright else (long, short)
    setup = RemoteSetup(base_url="http://box/v1", model="gpt-image-2")
    asked = size_of(width, height, setup, setup.card)

    assert fits_gpt_image_2(*asked)
    assert asked[0] / asked[1] == pytest.approx(width / height, rel=0.02)


@given(st.lists(st.floats(0.01, 1000), min_size=1))
def test_the_pace_stays_among_what_was_measured(seconds):
    pace = Pace()
    assert pace.seconds("create") is None
    for one in seconds:
        pace.took("create", one)

    assert pace.seconds("edit") is None
    mean = pace.seconds("create")
    assert mean is not None
    assert min(seconds) * 0.999 <= mean <= max(seconds) * 1.001


def test_the_pace_follows_a_server_that_becomes_faster():
    pace = Pace()
    for one in [10.0] * 5 + [1.0] * 40:
        pace.took("create", one)

    mean = pace.seconds("create")
    assert mean is not None
    assert 1.0 <= mean < 1.1
