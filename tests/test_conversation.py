"""The design conversation of twelve requests, through the real command in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.xdist_group("market conversation")

CONVERSATION = Path(__file__).parent / "conversations" / "market.json"
NOT_FOR_THE_BOT, QUESTION = 1, 10


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[int, dict[str, Any]], Path]:
    folder = tmp_path_factory.mktemp("market")
    command = [sys.executable, "-m", "bots", "thread", str(CONVERSATION), "--out", str(folder / "out"), "--json"]
    done = subprocess.run(
        [*command, "--data-dir", str(folder / "data")], capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)

    assert document == json.loads((folder / "out" / "result.json").read_text(encoding="utf-8"))
    assert document["schema"] == 1
    return {turn["turn"]: turn for turn in document["turns"]}, folder / "out"


Replayed = tuple[dict[int, dict[str, Any]], Path]


def _image(replayed: Replayed, turn: int) -> dict[str, Any]:
    image: dict[str, Any] = replayed[0][turn]["images"][0]
    return image


def _pixels(replayed: Replayed, turn: int) -> np.ndarray:
    return np.asarray(Image.open(replayed[1] / _image(replayed, turn)["file"]).convert("RGBA"))


def _object(replayed: Replayed, turn: int, object_id: str) -> dict[str, Any]:
    return next(item for item in _image(replayed, turn)["scene"]["objects"] if item["id"] == object_id)


def _receipt(replayed: Replayed, turn: int, check: str, target: str = "") -> dict[str, Any]:
    lines = _image(replayed, turn)["receipt"]
    return next(line for line in lines if (line["check"], line["target"]) == (check, target))


@pytest.mark.slow
def test_every_turn_for_the_bot_is_answered_and_no_other(replayed: Replayed) -> None:
    turns = replayed[0]

    assert set(turns) == set(range(13)) - {NOT_FOR_THE_BOT}
    assert {turn["outcome"] for index, turn in turns.items() if index != QUESTION} == {"image"}
    assert turns[QUESTION]["outcome"] == "answer"
    assert not turns[QUESTION]["images"]


@pytest.mark.slow
def test_every_receipt_passed_and_nothing_was_unmet(replayed: Replayed) -> None:
    for index, turn in replayed[0].items():
        assert turn["unmet"] == [], index
        for image in turn["images"]:
            assert [line for line in image["receipt"] if line["passed"] is not True] == [], index


@pytest.mark.slow
def test_the_poster_shows_what_was_asked(replayed: Replayed) -> None:
    assert _object(replayed, 0, "apple1")["count"] == 3
    assert len(_object(replayed, 0, "apple1")["boxes"]) == 3
    assert _object(replayed, 0, "car1")["color"] == "#0000ff"
    assert max(box[2] for box in _object(replayed, 0, "apple1")["boxes"]) <= _object(replayed, 0, "car1")["boxes"][0][0]
    assert _receipt(replayed, 0, "background")["measured"] == "#ffeecc"
    assert _receipt(replayed, 0, "text", "title1")["measured"] == "SUMMER MARKET"


@pytest.mark.slow
def test_recoloring_the_car_changes_no_pixel_outside_its_box(replayed: Replayed) -> None:
    before, after = _pixels(replayed, 0), _pixels(replayed, 2)
    changed = np.argwhere((before != after).any(axis=-1))
    x0, y0, x1, y1 = _object(replayed, 2, "car1")["boxes"][0]

    assert len(changed)
    assert changed[:, 1].min() >= x0 - 2
    assert changed[:, 1].max() <= x1 + 2
    assert changed[:, 0].min() >= y0 - 2
    assert changed[:, 0].max() <= y1 + 2
    assert _receipt(replayed, 2, "color", "car1")["asked"] == "#ffff00"


@pytest.mark.slow
def test_moving_adding_and_retitling_do_just_that(replayed: Replayed) -> None:
    apples, car = _object(replayed, 3, "apple1"), _object(replayed, 3, "car1")
    assert min(box[0] for box in apples["boxes"]) >= car["boxes"][0][2]

    sun = _object(replayed, 4, "sun1")["boxes"][0]
    image = _image(replayed, 4)
    assert (sun[0] + sun[2]) / 2 > image["width"] * 2 / 3 - 1
    assert _receipt(replayed, 5, "text", "title1")["measured"] == "GRAND OPENING"
    assert _object(replayed, 5, "apple1")["boxes"] == _object(replayed, 4, "apple1")["boxes"]


@pytest.mark.slow
def test_the_sticker_is_one_object_on_true_transparency(replayed: Replayed) -> None:
    pixels = _pixels(replayed, 6)

    assert [item["id"] for item in _image(replayed, 6)["scene"]["objects"]] == ["car1"]
    assert _image(replayed, 6)["has_alpha"]
    assert pixels[0, 0, 3] == pixels[-1, -1, 3] == 0
    assert (pixels[..., 3] == 255).mean() > 0.1


@pytest.mark.slow
def test_the_portrait_version_answers_the_turn_it_replies_to(replayed: Replayed) -> None:
    image = _image(replayed, 7)

    assert (image["width"], image["height"]) == (1024, 1536)
    assert image["parents"] == [_image(replayed, 5)["generation"]]


@pytest.mark.slow
def test_undo_brings_the_earlier_version_back_pixel_by_pixel(replayed: Replayed) -> None:
    assert np.array_equal(_pixels(replayed, 8), _pixels(replayed, 5))


@pytest.mark.slow
def test_a_variation_is_another_picture_of_the_same_things(replayed: Replayed) -> None:
    assert not np.array_equal(_pixels(replayed, 9), _pixels(replayed, 8))
    assert _image(replayed, 9)["seed"] != _image(replayed, 8)["seed"]
    same = [[item["id"] for item in _image(replayed, turn)["scene"]["objects"]] for turn in (8, 9)]
    assert sorted(same[0]) == sorted(same[1])


@pytest.mark.slow
def test_a_reply_to_the_first_version_revises_that_one(replayed: Replayed) -> None:
    assert _image(replayed, 11)["parents"] == [_image(replayed, 0)["generation"]]
    assert _receipt(replayed, 11, "background")["measured"] == "#ddeeff"
    assert _object(replayed, 11, "car1")["color"] == "#0000ff"


@pytest.mark.slow
def test_the_korean_turn_revises_the_newest_image(replayed: Replayed) -> None:
    assert _image(replayed, 12)["parents"] == [_image(replayed, 11)["generation"]]
    assert _object(replayed, 12, "car1")["color"] == "#008000"


@pytest.mark.slow
def test_every_image_is_signed_and_verifies_as_ours(replayed: Replayed) -> None:
    folder = replayed[1]
    for turn in (0, 6, 12):
        file = folder / _image(replayed, turn)["file"]
        done = subprocess.run(
            [sys.executable, "-m", "bots", "verify", str(file), "--json", "--data-dir", str(folder.parent / "data")],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found = json.loads(done.stdout)

        assert (found["ours"], found["verdict"]) == (True, "ours")
        assert found["generation"] == _image(replayed, turn)["generation"]
        assert _image(replayed, turn)["alt"].startswith("AI-generated")
