"""The wheel, as a stranger gets it: what is in it, and that it draws without this checkout."""

import json
import os
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bots", "generator", "moderation", "storage")
NEEDED = (
    "bots/locales/en/line.ftl",
    "bots/locales/ko/line.ftl",
    "bots/web/templates/thread.html",
    "bots/web/static/page.css",
    "generator/sketch/nouns.tsv",
    "moderation/policies/minors.md",
    "moderation/lexicons/minors.tsv",
    "storage/migrations/env.py",
    *(f"{package}/py.typed" for package in PACKAGES),
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.xdist_group("packaging")]


def run(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run with only what a fresh shell has; whether it worked is for the caller to look at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("THREADBRUSH_", "PYTHON"))}  # noqa: TID251 - pip needs the machine's own environment
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, so that nothing is left in the checkout and nothing that lies there is picked up."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    asked = run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", out, "setuptools>=77", cwd=out)
    if asked.returncode:
        pytest.skip("no package index answers")
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for package in (*PACKAGES, "tests"):
        shutil.copytree(ROOT / package, source / package, ignore=ignored)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", out / "dist", source, cwd=out)

    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = (out / "dist").glob("threadbrush-*.whl")
    return made


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory, record_testsuite_property) -> Path:
    """The folder of programs of a fresh environment that holds the wheel and what it requires, and nothing else."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place / "venv", with_pip=True)
    programs = place / "venv" / "bin"
    started = time.monotonic()
    done = run(
        *(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("-c", ROOT / "constraints.txt", wheel),
        cwd=place,
    )
    seconds = time.monotonic() - started

    assert done.returncode == 0, done.stderr
    record_testsuite_property("light core installed in seconds", round(seconds, 1))
    sys.stdout.write(f"the light core was installed in {seconds:.0f} s\n")
    return programs


def test_the_wheel_holds_everything_that_is_not_python_too(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    files = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files - held == set()
    assert set(NEEDED) - held == set()


def test_the_wheel_holds_no_tests(wheel):
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_light_core_has_no_gpu_libraries(installed):
    listed = run(installed / "python", "-m", "pip", "list", "--format", "json", cwd=installed)
    names = {item["name"].lower() for item in json.loads(listed.stdout)}

    assert "threadbrush" in names
    assert names & {"torch", "diffusers", "transformers", "accelerate", "triton"} == set()


def test_the_installed_program_names_its_version_and_its_credits(installed, tmp_path):
    told = run(installed / "threadbrush", "--version", cwd=tmp_path)

    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("threadbrush ")
    assert "Twemoji" in told.stdout


def test_the_installed_program_draws_outside_the_checkout(installed, tmp_path):
    out = tmp_path / "out"
    drawn = run(
        *(installed / "threadbrush", "draw", "a red apple", "--out", out, "--json"),
        cwd=tmp_path,
        THREADBRUSH_DATA_DIR=str(tmp_path / "data"),
    )

    assert drawn.returncode == 0, drawn.stderr
    (turn,) = json.loads(drawn.stdout)["turns"]
    (image,) = turn["images"]
    assert turn["outcome"] == "image"
    assert image["credential"]["signed"]
    assert (out / image["file"]).read_bytes().startswith(b"\x89PNG")
    assert not [line for line in image["receipt"] if line["passed"] is False]
