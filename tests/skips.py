"""A pytest plugin: in CI a skip that ``tests/allowed_skips`` does not list fails the run; prints figures tests recorded.

Works under pytest-xdist: reports reach the controlling process, which alone decides.
"""

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

FIGURE = "figure"  # record_property(FIGURE, "…") shows up in the summary
LIST = "allowed_skips"

_skipped: dict[str, str] = {}
_figures: list[str] = []


def read_patterns(text: str) -> Iterator[str]:
    """The node-id globs of a list; each needs a reason.

    Raises:
        ValueError: A line has no reason.
    """
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pattern, colon, reason = line.partition(": ")
        if not colon or not reason.strip():
            raise ValueError(f"{LIST}: {line!r} needs the form `node-id-glob: reason`")
        yield pattern.strip()


def unlisted(skipped: Iterable[str], patterns: Iterable[str]) -> list[str]:
    """Node ids that no pattern allows. Brackets in ids are plain characters, as in patterns."""
    globs = [pattern.replace("[", "[[]") for pattern in patterns]
    return sorted(node for node in skipped if not any(fnmatchcase(node, glob) for glob in globs))


def _remember(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped[report.nodeid] = reason


def _offenders(config: pytest.Config) -> list[str]:
    if os.environ.get("CI") != "true" or hasattr(config, "workerinput"):  # noqa: TID251 - CI is no setting of ours
        return []
    file: Path = config.rootpath / "tests" / LIST
    return unlisted(_skipped, read_patterns(file.read_text(encoding="utf-8")) if file.is_file() else ())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect skips and figures."""
    _remember(report)
    if report.when == "call":
        _figures.extend(str(value) for name, value in report.user_properties if name == FIGURE)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Collect modules that skip themselves."""
    _remember(report)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a green run red."""
    if _offenders(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was measured, and which skips nobody allowed."""
    for figure in _figures:
        terminalreporter.write_line(f"measured: {figure}")
    for node in _offenders(config):
        terminalreporter.write_line(f"SKIP NOT ALLOWED IN CI: {node}: {_skipped[node]}", red=True)
