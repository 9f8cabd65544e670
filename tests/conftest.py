"""What holds for every test: no network but loopback, no settings of the machine, no unlisted skip in CI."""

import fnmatch
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

IN_CI = os.environ.get("CI") == "true"  # noqa: TID251 - the tests' own environment
ALLOWED_SKIPS = Path(__file__).parent / "allowed_skips"
LOOPBACK = ("127.", "::1", "localhost")

# Native libraries would start a thread per core in every test process.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # noqa: TID251 - before numpy and onnxruntime are loaded

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _settings_of_the_machine_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(os.environ):  # noqa: TID251 - the tests' own environment
        if name.startswith("THREADBRUSH_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _only_loopback_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(LOOPBACK):
            raise RuntimeError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]  # whatever the caller gave

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """In CI a skip that is not listed is a failure: a check that quietly stopped running is worse than a red one."""
    del call
    report: pytest.TestReport = yield  # type: ignore[assignment]  # a wrapper gets the report
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not _is_allowed(item.nodeid, reason):
            report.outcome = "failed"
            report.longrepr = f"skipped in CI and not listed in tests/allowed_skips: {reason}"
    return report  # type: ignore[return-value]  # see above


def _is_allowed(nodeid: str, reason: str) -> bool:
    for line in ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines():
        pattern, _, why = line.partition(":: ")
        if line and not line.startswith("#") and fnmatch.fnmatch(nodeid, pattern) and why in reason:
            return True
    return False
