"""What holds for every test: its own data folder, no settings of the machine, no network, few threads."""

import ipaddress
import os
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.skips", "tests.contract.postgres"]

# One test process per core already; numeric libraries read these once, when they are loaded.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM"):
    os.environ.setdefault(_name, "false" if _name.startswith("TOKENIZERS") else "1")  # noqa: TID251 - no settings of ours

settings.register_profile("developer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("developer"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "developer")  # noqa: TID251 - no setting of ours


class NetworkForbiddenError(RuntimeError):
    """A test reached for an address that is not this machine's own."""


def _is_local(host: object) -> bool:
    if host in (None, "", b"", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_local(address[0]):
            raise NetworkForbiddenError(f"tests talk to this machine only, not to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_local(arguments[0]):
        raise NetworkForbiddenError(f"tests look up no names: {arguments[0]}")


# An audit hook sees every socket of this process, whoever opens it, and cannot be taken out again: that is the point.
sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """No setting of the machine reaches a test; what uses the default data folder gets one that vanishes."""
    for name in list(os.environ):  # noqa: TID251 - cleared, not read
        if name.upper().startswith("THREADBRUSH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("THREADBRUSH_DATA_DIR", str(tmp_path / "default-data"))
