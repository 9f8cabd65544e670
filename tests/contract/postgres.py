"""A private PostgreSQL cluster for the tests: its own folder, a Unix socket, no network, gone afterwards.

A plugin of pytest: its fixture ``cluster`` is there for every test, and is started when the first one asks for it.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from storage.database import migrate

_USER = "threadbrush"


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL pattern of a running cluster with a migrated database ``template``."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with running_cluster(programs) as url:
        administer(url, "CREATE DATABASE template")
        asyncio.run(migrate(url.format(database="template")))
        yield url


def find_programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``: on the path, or where Debian puts them, newest version first."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def running_cluster(programs: Path) -> Iterator[str]:
    """Start a cluster; yields the URL of its administrative database with ``{database}`` to fill in."""
    # Not pytest's temporary folder: the server's own user must be able to walk there, and socket paths must be short.
    root = Path(tempfile.mkdtemp(prefix="tb-pg-"))
    account = _server_account()
    try:
        if account is not None:
            os.chown(root, account.pw_uid, account.pw_gid)
        data = root / "data"
        _run(account, programs / "initdb", "-D", data, "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-F -c listen_addresses='' -c unix_socket_directories='{root}'"
        _run(account, programs / "pg_ctl", "-D", data, "-w", "-l", root / "log", "-o", options, "start")
        try:
            yield f"postgresql://{_USER}@/{{database}}?host={root}"
        finally:
            _run(account, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def administer(url: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    with psycopg.connect(url.format(database="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _server_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then whom it runs as; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("running as root, and there is neither a user postgres nor nobody")


def _run(account: pwd.struct_passwd | None, *command: object) -> None:
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else [],
    )
