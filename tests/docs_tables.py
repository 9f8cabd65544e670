"""What docs/operating.md says of settings and commands, made from the program.

``python -m tests.docs_tables`` writes both parts of the manual anew.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from bots.cli import app
from bots.config import PREFIX, Settings

DOCUMENT = Path(__file__).parents[1] / "docs" / "operating.md"
MEANINGS = {
    "data_dir": "the data folder; default: the operating system's folder for a user's data",
    "database_url": "SQLAlchemy URL, `sqlite:///FILE` or `postgresql://…`; default: `app.db` in the data folder; never printed",
    "blobs_url": "where images are kept: `file://…` or `s3://…`; default: `blobs/` in the data folder; never printed",
    "locale": "language of answers on the command line and the page; a thread file has its own",
    "engine.kind": "the generator",
    "engine.model": "`diffusion`: folders or hub ids, separated by commas, the default first; `remote`: its name there",
    "engine.timeout_seconds": "limit of one drawing step of `sketch` (default 30), of one request of the others (600)",
    "engine.weights": 'a plan\'s share of a busy engine, `{"pro": 4.0}`; other plans: what is set for the tenant, 1 at first',
    "engine.previews": "make small pictures of what is being drawn; moderated, and not shown anywhere yet",
    "engine.device": "`diffusion`: `auto` is the first GPU, else the processor; otherwise `cuda:1`, `mps` or `cpu`",
    "engine.memory": "`diffusion`: GiB for the weights of all models together; default: four fifths of the GPU's",
    "engine.offload": "`diffusion`: what waits in main memory while it is not needed; slower, for small GPUs",
    "engine.quantize": "`diffusion`: keep weights in fewer bits; less memory, a little less quality",
    "engine.local_only": "`diffusion`: take nothing from the hub, folders and its cache only",
    "engine.interactive_seconds": "`diffusion`: requests of at most so many seconds go into the fast lane",
    "engine.compile": "`diffusion`: compile the models' blocks on a GPU; the first pictures after a start wait for it",
    "engine.encodings": "`diffusion`: MiB for kept encodings of prompts and references, for each model",
    "engine.base_url": "`remote`: the server's API with its version, `http://gpu-box:30000/v1`",
    "engine.api_key": "`remote`: for servers that ask for one; never printed",
    "engine.flavor": "`remote`: whose server it is; see [engines](engines.md)",
    "engine.concurrency": "`remote`: calls under way at once",
    "engine.edit": "`remote`: its model changes images and looks at uploads",
    "engine.sizes": "`remote`: the only sizes its model draws, `[[1024, 1024]]`; default: any",
    "engine.transparent": "`remote`: whether its model makes transparent pixels itself; default: as the flavor says",
    "engine.references": "`remote`: how many images its model draws upon at once; default: as the flavor says",
    "engine.retries": "`remote`: further attempts at a call that failed for a reason that may pass",
    "moderation.strictness": "which thresholds of the policies apply",
    "signing.certificate": "PEM chain, leaf first; needs the key, too; default: the local chain",
    "signing.key": "PEM private key of that chain",
    "quota.images_per_day": "images per tenant and day (UTC); 0 is no limit",
    "quota.plans": 'the same for tenants of a plan, `{"team": 500}`; `threadbrush tenant` sets a tenant\'s plan',
    "checks.ocr": "read every text back from the finished picture",
    "checks.retries": "how often what misses a tolerance is drawn again with another seed, 1 to 5",
    "web.host": "where the local page listens; loopback addresses only, because it has no accounts",
    "web.port": "its port",
    "web.public_url": "where people reach the page from outside, if they do: images too large for a chat are linked there",
    "discord.token": "of the bot, from the developer portal; without it the Discord bot is not started; never printed",
    "discord.message_content": "whether to ask for the privileged intent; `auto`: when the application has it",
    "discord.threads": "the first request in a channel opens a thread, unless its server says otherwise",
    "discord.components_v2": "messages built from components; off: plain messages with attachments",
    "discord.shard_ids": "the shards of this process, `[0, 1]`; default: all that Discord advises",
    "discord.shard_count": "how many shards there are in all; needs the ids, too",
    "discord.identify_lock": "a file that the bot's processes on one machine share, to connect one after the other",
    "discord.development_guild": "a server's id: commands are registered there, at once, and nowhere else",
    "discord.api_url": "another address of Discord's API, such as a proxy",
    "discord.gateway_url": "another address of its gateway",
    "slack.mode": "`socket`: the bot connects to Slack; `http`: Slack sends events to `/slack/events`",
    "slack.bot_token": "of the one workspace that is served, `xoxb-…`; without it: workspaces that installed the app by OAuth; never printed",
    "slack.app_token": "for Socket Mode, `xapp-…`; never printed",
    "slack.signing_secret": "with which Slack signs what it sends by HTTP; never printed",
    "slack.client_id": "of the app, for installing it by OAuth",
    "slack.client_secret": "of the app; never printed",
    "slack.host": "address that events are listened to on, mode `http`",
    "slack.port": "its port",
    "slack.public_url": "where the listener is reached from outside, without `/slack`",
    "slack.history_limit": "messages that one reading of a thread asks for; 15 where Slack allows no more",
    "slack.allowed_bots": 'bots and workflows whose messages count like a person\'s, `["B0123"]`',
    "slack.api_url": "another address of Slack's Web API, such as a proxy",
    "secret_key": "encrypts tokens at rest; several, comma-separated: the first encrypts; default: a file in `keys/`; never printed",
    "log.level": "what is logged to stderr; prompts appear at `debug` only",
    "log.format": "`auto` is `console` on a terminal and `json` elsewhere",
}


def with_tables(document: str) -> str:
    """The document with the parts between its markers made anew."""
    for name, content in (("settings", _settings()), ("commands", _commands())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, found, rest = document.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"the document lacks {begin} or {end}")
        document = f"{before}{begin}\n\n{content}\n\n{end}{after}"
    return document


def _settings() -> str:
    rows = list(_setting_rows(Settings, ""))
    return "\n".join(["| Environment | In the file | Values | Default | |", "|---|---|---|---|---|", *rows])


def _setting_rows(model: type[BaseModel], section: str) -> Iterator[str]:
    described = model.model_json_schema()["properties"]
    for name, info in model.model_fields.items():
        key = f"{section}{name}"
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _setting_rows(info.annotation, f"{key}.")
            continue
        variable = PREFIX + key.replace(".", "__").upper()
        default = "" if info.default_factory is not None or info.default is None else f"`{_plain(info.default)}`"
        yield f"| `{variable}` | `{key}` | {_values(described[name])} | {default} | {MEANINGS[key]} |"


def _values(schema: dict[str, Any]) -> str:
    """The values that a setting takes, from its JSON schema."""
    if "anyOf" in schema:
        return _values(schema["anyOf"][0])
    if options := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return ", ".join(f"`{option}`" for option in options)
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        return f"above {schema['exclusiveMinimum']:g}" + ("" if high is None else f", up to {high:g}")
    if low is not None:
        return f"from {low:g}" if high is None else f"{low:g} to {high:g}"
    return {"path": "path", "password": "secret", "uri": "URL"}.get(schema.get("format", ""), _TYPES[schema["type"]])


_TYPES = {"boolean": "`true`, `false`", "string": "text", "array": "list", "object": "table", "integer": "number"}


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _commands() -> str:
    """Every command with its arguments and options, without depending on the width of a terminal."""
    command: Any = typer.main.get_command(app)  # typer brings its own copy of click, whose types are private
    blocks = [_block(f"threadbrush {name}", item) for name, item in command.commands.items()]
    return "\n\n".join(["Before any command: " + _options(command), *blocks])


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
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
