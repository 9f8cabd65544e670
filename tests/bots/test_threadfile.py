import json
from pathlib import Path
from typing import Any

import pytest

from bots.threadfile import ThreadFileError, read_thread


def _write(path: Path, document: Any) -> Path:
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_a_thread_file_reads_with_its_defaults(tmp_path: Path) -> None:
    thread = read_thread(_write(tmp_path / "t.json", {"schema": 1, "turns": [{"author": "ana", "text": "a cat"}]}))

    assert thread.locale == "en"
    assert thread.turns[0].to_bot
    assert thread.turns[0].reply_to is None


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ({"turns": []}, "schema"),
        ({"schema": 2, "turns": [{"author": "a"}]}, "schema"),
        ({"schema": 1, "turns": []}, "turns"),
        ({"schema": 1, "turns": [{"author": "a", "txt": "x"}]}, "turns.0.txt"),
        ({"schema": 1, "turns": [{"author": "a", "reply_to": 0}]}, "turns.0.reply_to"),
        ({"schema": 1, "locale": "fr", "turns": [{"author": "a"}]}, "locale"),
        ({"schema": 1, "turns": [{"author": "a", "images": ["x"] * 11}]}, "turns.0.images"),
    ],
)
def test_a_bad_thread_file_is_refused_with_the_place(tmp_path: Path, document: Any, complaint: str) -> None:
    with pytest.raises(ThreadFileError, match=complaint):
        read_thread(_write(tmp_path / "t.json", document))


def test_a_missing_or_binary_thread_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThreadFileError, match="No such file"):
        read_thread(tmp_path / "none.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ThreadFileError, match="not JSON"):
        read_thread(tmp_path / "b.json")
