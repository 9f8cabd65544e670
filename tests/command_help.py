"""The command line as Markdown, made from the program; ``python -m tests.command_help`` refreshes docs/operating.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from bots.cli import app

DOCUMENT = Path(__file__).parents[1] / "docs" / "operating.md"
BEGIN, END = "<!-- commands: begin -->", "<!-- commands: end -->"


def rendered() -> str:
    """Every command with its arguments and options, without depending on the width of a terminal."""
    command: Any = typer.main.get_command(app)  # typer brings its own copy of click, which has no public name
    blocks = [_block(f"threadbrush {name}", item) for name, item in command.commands.items()]
    return "\n\n".join(["Before any command: " + _options(command), *blocks])


def with_commands(document: str) -> str:
    """The document with the part between its markers made anew."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{after}"


def _block(name: str, command: Any) -> str:
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    usage = " ".join([name, *(f"{item.name}".upper() for item in arguments)])
    lines = [f"### `{usage}`", "", (command.help or "").strip(), "", *_lines(command)]
    return "\n".join(lines).rstrip()


def _options(command: Any) -> str:
    names = [item.opts[0] for item in command.params if item.name != "help"]
    return ", ".join(f"`{name}`" for name in names) + "."


def _lines(command: Any) -> Iterator[str]:
    for item in command.params:
        if item.name == "help":
            continue
        name = f"{item.name}".upper() if item.param_type_name == "argument" else ", ".join(item.opts)
        yield f"- `{name}`: {getattr(item, 'help', None) or ''}".rstrip(": ")


if __name__ == "__main__":
    DOCUMENT.write_text(with_commands(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
