import logging

import pytest
import structlog

from bots.logs import configure_logs


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_logged_failure_shows_no_local_variables(style, capsys):
    configure_logs("warning", style)
    prompt = "CANARY-" + "PROMPT"
    try:
        int(prompt[:0] or "x")
    except ValueError:
        structlog.get_logger("bots.test").exception("job_failed", job="cli:1")

    error = capsys.readouterr().err
    assert "job_failed" in error
    assert "ValueError" in error
    assert "CANARY-PROMPT" not in error
