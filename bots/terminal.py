"""What a person at a terminal sees: progress on stderr, results on stdout."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bots.progress import Standing
from bots.replies import say
from moderation.types import Locale


class Bar:
    """A progress bar over one drawing, or over the turns of a thread."""

    def __init__(self, progress: Progress, locale: Locale, total: int) -> None:
        self._progress = progress
        self._locale = locale
        self._task: TaskID = progress.add_task("", total=total)

    def show(self, standing: Standing) -> None:
        """How far a single drawing is."""
        self._progress.update(self._task, completed=standing.fraction, description=self._words(standing))

    def turn(self, index: int, standing: Standing | None) -> None:
        """How far the turn at ``index`` is; None when it is done."""
        if standing is None:
            self._progress.update(self._task, completed=index + 1)
            return
        words = f"{index + 1}: {self._words(standing)}"
        self._progress.update(self._task, completed=index + standing.fraction, description=words)

    def _words(self, standing: Standing) -> str:
        return say(standing.words, self._locale)


@contextmanager
def progress(locale: Locale, total: int = 1) -> Iterator[Bar]:
    """A bar on stderr that leaves no trace; silent when stderr is no terminal."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        yield Bar(shown, locale, total)


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def say_or_json(words: str, document: dict[str, Any], *, as_json: bool) -> None:
    """Words, or the document that says the same."""
    if as_json:
        print_json(document)
    else:
        Console().print(escape(words))


def show_result(turns: list[dict[str, Any]], out: Path, *, as_json: bool) -> None:
    """The answers of a replay, with files and receipts."""
    if as_json:
        print_json({"schema": 1, "turns": turns})
        return
    console = Console()
    for turn in turns:
        console.print(f"[bold]{turn['turn'] + 1}.[/] {escape(turn['reply'])}", soft_wrap=True)
        for image in turn["images"]:
            console.print(f"   [green]{escape(str(out / image['file']))}[/]  seed {image['seed']}", soft_wrap=True)
            console.print(_receipt(image["receipt"]))


def _receipt(lines: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2), show_header=False)
    for line in lines:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]–[/]"}[line["passed"]]
        name = f"{line['check']} {line['target']}".strip()
        table.add_row("  ", mark, escape(name), escape(line["asked"]), escape(line["measured"]))
    return table


def show_verdict(verdict: dict[str, Any], *, as_json: bool) -> None:
    """What moderation decided."""
    if as_json:
        print_json({"schema": 1, **verdict})
        return
    console = Console()
    console.print(f"[bold]{verdict['action']}[/] {escape(verdict['reason'])}")
    if verdict["rewording"]:
        console.print(escape(verdict["rewording"]))
    for finding in verdict["findings"]:
        console.print(
            f"  {finding['layer']}: {finding['label']} ({finding['policy']}, {finding['rule']}), "
            f"score {finding['score']:.2f} of {finding['threshold']:.2f}"
        )


def show_provenance(document: dict[str, Any], *, as_json: bool) -> None:
    """Whose image it is."""
    if as_json:
        print_json(document)
        return
    console = Console()
    console.print(f"[bold]{document['verdict']}[/]")
    for evidence in document["evidence"]:
        console.print(f"  {evidence['kind']}: {escape(str(evidence['detail']))}")
    if document["history"]:
        console.print("  history: " + " ← ".join(document["history"]))
