"""``threadbrush models``: what an operator sees before a model is chosen."""

import json
from pathlib import Path

import pytest

from bots import models
from bots.config import EngineSettings, Settings
from bots.gpu import Gpu, Gpus
from generator.models.table import CARDS

GB = 10**9


def settings(folder: Path, **engine: str) -> Settings:
    return Settings(data_dir=folder, engine=EngineSettings(**engine))  # type: ignore[arg-type]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a GPU."""
    found = Gpus(version="2.13.0", found=(Gpu(name="Some GPU", memory=24 * GB),))
    monkeypatch.setattr("bots.gpu.look", lambda: found)


@pytest.mark.slow
async def test_without_a_gpu_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await models.run(settings(tmp_path), as_json=False) == 0
    said = capsys.readouterr().out

    assert "finds no GPU" in said
    assert all(card.id in said for card in CARDS)
    assert "commercial use: no (Qwen Research License)" in said


@pytest.mark.usefixtures("large")
async def test_it_says_what_fits_and_which_is_configured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = settings(tmp_path, kind="diffusion", model="Qwen/Qwen-Image-2.1")
    assert await models.run(chosen, as_json=False) == 0
    said = " ".join(capsys.readouterr().out.split())

    assert "● Qwen/Qwen-Image-2.1" in said
    assert said.count("●") == 2
    assert "fits with text encoder outside" in said
    assert "Some GPU, 22 GiB" in said


@pytest.mark.usefixtures("large")
async def test_the_json_says_the_same_with_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await models.run(settings(tmp_path, kind="diffusion"), as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    rows = {row["id"]: row for row in document["models"]}

    assert document["schema"] == 1
    assert document["gpus"] == [{"name": "Some GPU", "memory": 24 * GB}]
    assert [row["id"] for row in document["models"] if row["configured"]] == [CARDS[0].id]
    assert rows[CARDS[0].id]["fits"] == {"quantize": "none", "text_encoder_outside": False}
    assert rows["Qwen/Qwen-Image-2512"]["weights_bytes"]["none"] == 54 * GB
    assert rows["lightx2v/Qwen-Image-2512-Lightning"]["base"] == "Qwen/Qwen-Image-2512"


@pytest.mark.slow
async def test_a_model_that_is_not_there_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await models.run(settings(tmp_path, kind="diffusion", model="/nowhere"), as_json=False) == 0
    said = capsys.readouterr()

    assert "/nowhere" in said.err
    assert CARDS[0].id in said.out
