"""The wheel: everything the program needs is inside and nothing else, and it draws where no checkout is."""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.skips import FIGURE

ROOT = Path(__file__).parents[1]
PACKAGES = ("bots", "generator", "moderation", "storage")
SOURCES = (*PACKAGES, "tests", "pyproject.toml", "README.md", "LICENSE")
NEEDED = (
    "bots/locales/en/*.ftl",
    "bots/locales/ko/*.ftl",
    "bots/web/templates/*.html",
    "bots/web/static/*.css",
    "bots/web/static/*.js",
    "generator/sketch/nouns.tsv",
    "moderation/lexicons/*.tsv",
    "moderation/policies/*.md",
    "storage/migrations/env.py",
    "storage/migrations/versions/v*.py",
    *(f"{package}/py.typed" for package in PACKAGES),
)
PATIENCE = 900  # s; a slow index, not a slow program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PATIENCE), pytest.mark.xdist_group("packaging")]


def run(*command: object, cwd: Path, **settings: str) -> str:
    """What the command says on stdout; its stderr is in the failure."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}  # noqa: TID251 - passed on
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Far from the checkout, so that nothing is imported from it by accident."""
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def checkout(folder):
    """A copy: building writes into the folder it builds from, and what lies there from earlier would come along."""
    copy = folder / "checkout"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def _package_index(folder):
    """Skips where no package can be had: what is tested here is an installation."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries", "1", "setuptools"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode:
        pytest.skip("no package index can be reached")


@pytest.fixture(scope="module")
def wheel(folder, checkout, _package_index):
    """Built as a stranger would build it, in isolation."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "dist", checkout, cwd=folder)
    (built,) = (folder / "dist").glob("threadbrush-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(folder, wheel):
    """The programs' folder of a fresh virtual environment with the light core; ``folder / "seconds"`` says how long it took."""
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    started = time.perf_counter()
    run(programs / "python", "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel, cwd=folder)
    (folder / "seconds").write_text(f"{time.perf_counter() - started:.0f}", encoding="utf-8")
    return programs


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel, checkout):
    expected = {
        path.relative_to(checkout).as_posix()
        for package in PACKAGES
        for path in (checkout / package).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert found ^ expected == set()


@pytest.mark.parametrize("pattern", NEEDED)
def test_the_wheel_holds_what_is_no_code_but_needed(wheel, pattern):
    with zipfile.ZipFile(wheel) as archive:
        assert any(fnmatch(name, pattern) for name in archive.namelist())


def test_the_wheel_states_its_license(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (stated,) = (name for name in archive.namelist() if fnmatch(name, "*.dist-info/METADATA"))
        words = archive.read(stated).decode()

        assert "License-Expression: Apache-2.0" in words
        assert any(fnmatch(name, "*.dist-info/licenses/LICENSE") for name in archive.namelist())


def test_the_light_core_has_no_torch(installed, folder, record_property):
    record_property(FIGURE, f"the light core was installed in {(folder / 'seconds').read_text(encoding='utf-8')} s")
    packages = json.loads(run(installed / "python", "-m", "pip", "list", "--format", "json", cwd=folder))
    names = {package["name"].lower() for package in packages}

    assert "threadbrush" in names
    assert names & {"torch", "diffusers", "transformers", "accelerate", "pytest"} == set()


def test_the_installed_program_credits_art_and_fonts(installed, folder):
    said = run(installed / "threadbrush", "--version", cwd=folder)

    assert said.startswith("threadbrush ")
    assert "Twemoji" in said
    assert "CC-BY-4.0" in said
    assert "Inter" in said


def test_the_installed_program_draws_and_recognizes_its_picture(installed, folder):
    data = {"THREADBRUSH_DATA_DIR": str(folder / "data")}
    out = folder / "out"

    drawn = json.loads(
        run(installed / "threadbrush", "draw", "a red apple", "--out", out, "--json", cwd=folder, **data)
    )
    (turn,) = drawn["turns"]
    (image,) = turn["images"]
    assert turn["outcome"] == "image"
    assert all(line["passed"] is not False for line in image["receipt"])
    assert (out / image["file"]).read_bytes().startswith(b"\x89PNG")
    assert json.loads((out / "result.json").read_text(encoding="utf-8")) == drawn

    told = json.loads(run(installed / "threadbrush", "verify", out / image["file"], "--json", cwd=folder, **data))
    assert told["verdict"] == "ours"
    assert told["generation"] == image["generation"]
