"""The ``threadbrush`` command. Results go to stdout, everything else to stderr; no traceback without ``--debug``."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, cast, get_args

import typer

from bots.config import Settings, SettingsError, load_settings
from bots.exits import EXIT_FAILED, UsageFailed
from bots.logs import configure_logs

# Only light modules above: `--help`, `--version` and usage errors answer without loading engines and databases.

INTERRUPTED = 130  # what typer makes of Ctrl-C

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Draws pictures from conversations: moderated, measured, signed, recorded, revisable.",
)

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where database, images and keys live.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
EngineKind = Annotated[str | None, typer.Option("--engine", help="sketch, diffusion (this machine's GPU) or remote.")]
Model = Annotated[str | None, typer.Option("--model", help="A folder or hub id for diffusion, several with commas.")]
Debug = Annotated[bool, typer.Option("--debug", help="Log everything, with tracebacks.")]


@dataclass(frozen=True, slots=True)
class _Globals:
    data_dir: Path | None
    debug: bool


def _version(value: bool) -> None:
    if value:
        from generator.sketch.attribution import attribution

        typer.echo(f"threadbrush {metadata.version('threadbrush')}")
        for credit in attribution():
            typer.echo(credit.line)
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    data_dir: DataDir = None,
    debug: Debug = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Version and credits.")
    ] = False,
) -> None:
    context.obj = _Globals(data_dir=data_dir, debug=debug)


def _settings(
    context: typer.Context, data_dir: Path | None, debug: bool, engine: str | None = None, model: str | None = None
) -> Settings:
    given: _Globals = context.obj
    debug = debug or given.debug
    _Errors.debug = debug
    try:
        chosen = {key: value for key, value in (("kind", engine), ("model", model)) if value is not None}
        settings = load_settings(data_dir=data_dir or given.data_dir, engine=chosen or None)
    except SettingsError as exc:
        raise UsageFailed(str(exc)) from exc
    configure_logs("debug" if debug else settings.log.level, settings.log.format)
    return settings


def _run(work: Coroutine[Any, Any, int]) -> None:
    code = asyncio.run(work)
    if code:
        raise typer.Exit(code)


@app.command()
def draw(
    context: typer.Context,
    prompt: Annotated[str, typer.Argument(help="What to draw, in English or Korean.")],
    image: Annotated[
        list[Path] | None, typer.Option("--image", help="An image to use; may be given several times.")
    ] = None,
    size: Annotated[str | None, typer.Option(help="3:2, 1536x1024, square, portrait or landscape.")] = None,
    background: Annotated[str | None, typer.Option(help="transparent, #RRGGBB or a CSS colour name.")] = None,
    count: Annotated[int | None, typer.Option(help="How many images, 1 to 10.")] = None,
    seed: Annotated[int | None, typer.Option(help="0 to 4294967295; the same seed gives the same picture.")] = None,
    style: Annotated[str | None, typer.Option(help="flat, outline, sticker, poster or paper.")] = None,
    output_format: Annotated[str | None, typer.Option("--format", help="png, webp or jpeg.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the images and result.json.")] = None,
    as_json: AsJson = False,
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Draw one prompt. Exit code 0: image, answer or question; 2: invalid; 3: refused or held; 1: anything else."""
    from bots import commands
    from bots.flags import Flags

    settings = _settings(context, data_dir, debug, engine, model)
    flags = Flags(size=size, background=background, count=count, seed=seed, style=style, output_format=output_format)
    _run(commands.draw(settings, prompt, tuple(image or ()), flags, out, as_json=as_json))


@app.command()
def thread(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A conversation as JSON.")],
    out: Annotated[Path, typer.Option(help="Folder for the images and result.json.")],
    as_json: AsJson = False,
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Replay a whole conversation through the real line."""
    from bots import commands

    _run(commands.thread(_settings(context, data_dir, debug, engine, model), file, out, as_json=as_json))


@app.command()
def moderate(
    context: typer.Context,
    text: Annotated[str | None, typer.Option(help="A text to judge.")] = None,
    image: Annotated[Path | None, typer.Option(help="An image to judge.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Say what moderation would decide, and why."""
    from bots import commands

    if text is None and image is None:
        raise UsageFailed("give --text, --image or both")
    _run(commands.moderate(_settings(context, data_dir, debug), text, image, as_json=as_json))


@app.command()
def verify(
    context: typer.Context,
    image: Annotated[Path, typer.Argument(help="Any PNG, JPEG or WebP.")],
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Is it ours, was it changed, and what is its history?"""
    from bots import commands

    _run(commands.verify(_settings(context, data_dir, debug), image, as_json=as_json))


@app.command()
def doctor(
    context: typer.Context,
    as_json: AsJson = False,
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """What is configured, what is missing, what works, and how to mend the rest. Exit code 1 if something must be mended."""
    from bots import doctor as checks

    _run(checks.run(_settings(context, data_dir, debug, engine, model), as_json=as_json))


@app.command()
def models(
    context: typer.Context,
    as_json: AsJson = False,
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Which models there are, whether their images may be used commercially, what they can do, and what fits this GPU."""
    from bots import models as listing

    _run(listing.run(_settings(context, data_dir, debug, engine, model), as_json=as_json))


@app.command()
def migrate(
    context: typer.Context,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Bring the database up to date."""
    from bots import commands

    _run(commands.migrate(_settings(context, data_dir, debug), as_json=as_json))


@app.command()
def demo(
    context: typer.Context,
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """The local page, by default with the embedded engine: no tokens, no GPU."""
    from bots import running

    _run(running.demo(_settings(context, data_dir, debug, engine, model)))


@app.command()
def run(
    context: typer.Context,
    role: Annotated[str, typer.Option(help="all, bots or web.")] = "all",
    engine: EngineKind = None,
    model: Model = None,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """Run the service: the chats that are configured and the local page, until stopped."""
    from bots import running

    if role not in get_args(running.Role):
        raise UsageFailed(f"--role is one of {', '.join(get_args(running.Role))}")
    _run(running.run(_settings(context, data_dir, debug, engine, model), cast("running.Role", role)))


@app.command()
def tenant(
    context: typer.Context,
    tenant: Annotated[
        str, typer.Argument(help="discord:<server id>, discord:user:<user id>, or slack:<workspace id>.")
    ],
    plan: Annotated[str | None, typer.Option(help="Set its plan: one of quota.plans, or free.")] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
    debug: Debug = False,
) -> None:
    """What is set for a server or workspace, and its plan, which only the operator sets."""
    from bots import commands

    _run(commands.tenant(_settings(context, data_dir, debug), tenant, plan, as_json=as_json))


@app.command()
def slack_manifest(
    url: Annotated[
        str | None, typer.Option("--url", help="Public https:// address, for events by HTTP; without it: Socket Mode.")
    ] = None,
    one_workspace: Annotated[
        bool, typer.Option("--one-workspace", help="With --url: one token that you set, no installation by OAuth.")
    ] = False,
) -> None:
    """Print the manifest from which the Slack app is created, as JSON."""
    from bots.slack.manifest import manifest, manifest_at

    if url is None and one_workspace:
        raise UsageFailed("--one-workspace needs --url")
    try:
        document = manifest() if url is None else manifest_at(url, oauth=not one_workspace)
    except ValueError as exc:
        raise UsageFailed(str(exc)) from exc
    typer.echo(json.dumps(document, indent=2))


class _Errors:
    """Whether tracebacks were asked for; set once by the first thing every command does."""

    debug = "--debug" in sys.argv


def main() -> None:
    """Entry point of the console script."""
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        sys.exit(EXIT_FAILED)
    except typer.TyperException as exc:
        sys.stderr.write(f"Error: {exc.format_message()}\n")
        sys.exit(exc.exit_code)
    except BrokenPipeError:
        sys.exit(EXIT_FAILED)
    except Exception as exc:
        if _Errors.debug:
            raise
        sys.stderr.write(f"Error: {type(exc).__name__}: {exc}\nRun again with --debug for details.\n")
        sys.exit(EXIT_FAILED)
    if code == INTERRUPTED:
        sys.stderr.write("Stopped.\n")
        sys.exit(EXIT_FAILED)
    sys.exit(code if isinstance(code, int) else 0)
