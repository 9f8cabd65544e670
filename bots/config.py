"""Settings: read once, frozen, passed in. The only file that looks at the environment.

Precedence, strongest first: command line, environment (``THREADBRUSH_…``, nested with ``__``), ``threadbrush.toml``
(in the working directory, or where ``THREADBRUSH_CONFIG`` points), defaults. Unknown keys are refused in both places.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings import SettingsError as SourceError

from moderation.types import Locale

PREFIX = "THREADBRUSH_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
DEFAULT_FILE = Path("threadbrush.toml")


class SettingsError(Exception):
    """A setting is unknown, missing or has an impossible value; the message names the key and where it stands."""


def _usable_path(path: Path) -> Path:
    # It becomes part of the database's URL, where these characters would begin something else.
    if any(character in str(path) for character in "?#%"):
        raise ValueError("must not contain ?, # or %")
    return path.expanduser()


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EngineSettings(_Section):
    """The generator.

    Attributes:
        kind: ``sketch`` draws without a model, ``diffusion`` on this machine's GPU, ``remote`` on an images server.
        model: ``diffusion``: folders or hub ids, separated by commas, the default first; ``remote``: its name there.
        timeout_seconds: Bounds one drawing step of ``sketch``, one request of the others.
        weights: A plan's share of a busy engine, where a tenant's own does not count: ``{"pro": 4.0}``.
        device, memory, offload, quantize, local_only, interactive_seconds, compile, encodings: Of ``diffusion``; see
            ``generator.diffusion.settings``.
        previews: Have small pictures made of what is being drawn; moderated, and not shown anywhere yet.
        base_url, api_key, flavor, concurrency, edit, sizes, transparent, references, retries: Of ``remote``; see
            ``generator.remote.setup``.
    """

    kind: Literal["sketch", "diffusion", "remote"] = "sketch"
    model: Annotated[str | None, Field(min_length=1, max_length=4000)] = None
    timeout_seconds: Annotated[float | None, Field(gt=0, le=3600)] = None
    weights: dict[str, Annotated[float, Field(gt=0, le=1000)]] = {}
    previews: bool = False
    device: Annotated[str, Field(pattern=r"^(?:auto|cpu|cuda(?::\d{1,2})?|mps)$")] = "auto"
    memory: Annotated[float | None, Field(gt=0)] = None
    offload: Literal["none", "text_encoder", "all"] = "none"
    quantize: Literal["none", "fp8", "int8", "int4"] = "none"
    local_only: bool = False
    interactive_seconds: Annotated[float, Field(ge=0)] = 5.0
    compile: bool = False
    encodings: Annotated[int, Field(ge=0)] = 256
    base_url: str | None = None
    api_key: SecretStr | None = None
    flavor: Literal["openai", "sglang", "vllm_omni", "other"] = "openai"
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 4
    edit: bool = True
    sizes: tuple[tuple[int, int], ...] = ()
    transparent: bool | None = None
    references: Annotated[int | None, Field(ge=1, le=16)] = None
    retries: Annotated[int, Field(ge=0, le=10)] = 2

    @model_validator(mode="after")
    def _complete(self) -> "EngineSettings":
        if self.kind == "remote" and (self.base_url is None or self.model is None):
            raise ValueError("a remote engine needs base_url and model")
        return self

    @property
    def models(self) -> tuple[str, ...]:
        """What ``model`` names, one by one; empty without it."""
        return tuple(name for one in (self.model or "").split(",") if (name := one.strip()))

    @property
    def limit_seconds(self) -> float:
        """``timeout_seconds``, or what suits the kind: a model on a processor takes minutes, a vector drawing never."""
        if self.timeout_seconds is not None:
            return self.timeout_seconds
        return 30.0 if self.kind == "sketch" else 600.0


class ModerationSettings(_Section):
    """How strict the policies are applied."""

    strictness: Literal["standard", "strict"] = "standard"


class SigningSettings(_Section):
    """A certificate chain (PEM, leaf first) and its key; both or none. Without them a local chain is made on first run."""

    certificate: Path | None = None
    key: Path | None = None


class QuotaSettings(_Section):
    """Images per tenant and day; 0 means no limit.

    ``plans`` has another number for tenants of that plan; the operator sets a tenant's plan (``threadbrush tenant``).
    """

    images_per_day: Annotated[int, Field(ge=0)] = 0
    plans: dict[str, Annotated[int, Field(ge=0)]] = {}

    def limit_of(self, plan: str) -> int:
        """Images per day for a plan; 0 for no limit."""
        return self.plans.get(plan, self.images_per_day)


class ChecksSettings(_Section):
    """Receipts. ``ocr`` reads every text block back from the finished picture.

    What misses a tolerance is drawn again with another seed, ``retries`` times at most, and the best is kept.
    """

    ocr: bool = True
    retries: Annotated[int, Field(ge=1, le=5)] = 1


class WebSettings(_Section):
    """The local page. Only loopback addresses are accepted until it has authentication.

    ``public_url`` is where people reach it from outside, if they do: images too large for a chat are linked there.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8787
    public_url: str | None = None


class DiscordSettings(_Section):
    """The Discord bot.

    Attributes:
        token: From the developer portal. Without it the bot is not started.
        message_content: Whether to ask for the privileged intent; ``auto`` asks when the application has it.
        threads: Whether the first request in a channel opens a thread, unless its server says otherwise.
        components_v2: Messages built from components; off for plain messages with attachments.
        shard_ids, shard_count: Which shards this process runs; both or none. Without them it runs all that Discord
            advises. Several processes of one bot each need a data folder of their own.
        identify_lock: A file that processes on one machine share so that their shards connect one after the other.
        development_guild: Commands are registered there at once instead of everywhere.
        api_url, gateway_url: Another address of the API, such as a proxy.
    """

    token: SecretStr | None = None
    message_content: Literal["auto", "on", "off"] = "auto"
    threads: bool = True
    components_v2: bool = True
    shard_ids: tuple[Annotated[int, Field(ge=0)], ...] = ()
    shard_count: Annotated[int | None, Field(ge=1)] = None
    identify_lock: Path | None = None
    development_guild: int | None = None
    api_url: str | None = None
    gateway_url: str | None = None

    @model_validator(mode="after")
    def _shards(self) -> "DiscordSettings":
        if bool(self.shard_ids) != (self.shard_count is not None):
            raise ValueError("shard_ids and shard_count belong together")
        if self.shard_count is not None and max(self.shard_ids) >= self.shard_count:
            raise ValueError("a shard id must be below shard_count")
        return self


class SlackSettings(_Section):
    """The Slack bot.

    Attributes:
        mode: ``socket``: connect to Slack, which needs ``app_token`` (``xapp-…``). ``http``: Slack sends events to
            ``/slack/events`` of ``host`` and ``port``, which a proxy with TLS makes public; needs ``signing_secret``.
        bot_token: ``xoxb-…`` of the one workspace that is served. Without it, workspaces are those that installed
            the app by OAuth, which needs ``client_id``, ``client_secret`` and mode ``http``.
        app_token, signing_secret, client_id, client_secret: From the app's pages.
        host, port: Where events are listened to in mode ``http``.
        public_url: Where people reach ``/slack/install`` from outside, such as ``https://bot.example.com``.
        history_limit: Messages that one reading of a thread asks for; Slack allows 15 to some apps that are
            distributed outside of its marketplace, and 1000 to all others.
        allowed_bots: Ids (``B…``) of bots and workflows whose messages count like a person's.
        api_url: Another address of the Web API, such as a proxy.
    """

    mode: Literal["socket", "http"] = "socket"
    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 3000
    public_url: str | None = None
    history_limit: Annotated[int, Field(ge=1, le=1000)] = 200
    allowed_bots: tuple[str, ...] = ()
    api_url: str | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether anything was set that only a bot needs; what is still missing is complained about at the start."""
        own = (self.bot_token, self.app_token, self.signing_secret, self.client_id, self.client_secret)
        return any(one is not None for one in own)


class LogSettings(_Section):
    """Logs go to stderr. Prompts appear only at ``debug``."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    format: Literal["auto", "console", "json"] = "auto"


class Settings(BaseSettings):
    """Everything that can be configured. ``data_dir`` holds app.db, blobs, staging, keys, quarantine and lock."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid")

    data_dir: Annotated[Path, AfterValidator(_usable_path)] = Field(
        default_factory=lambda: user_data_path("threadbrush")
    )
    database_url: SecretStr | None = None
    blobs_url: SecretStr | None = None
    locale: Locale = "en"
    engine: EngineSettings = EngineSettings()
    moderation: ModerationSettings = ModerationSettings()
    signing: SigningSettings = SigningSettings()
    quota: QuotaSettings = QuotaSettings()
    checks: ChecksSettings = ChecksSettings()
    web: WebSettings = WebSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    secret_key: SecretStr | None = None
    log: LogSettings = LogSettings()

    @property
    def database(self) -> str:
        """The URL of the database, which may hold a password: never print it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'app.db'}"

    @property
    def embedded(self) -> bool:
        """Whether everything lives in the data folder and one process runs the line."""
        return self.database.startswith("sqlite")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line over environment over file."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file())


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` come from the command line.

    Raises:
        SettingsError: An unknown key, a bad value, or a file that cannot be read.
    """
    if unknown := sorted(set(_unknown_variables(os.environ))):
        raise SettingsError(f"unknown setting in the environment: {', '.join(unknown)}")
    file = _config_file()
    if CONFIG_VARIABLE in os.environ and not file.is_file():
        raise SettingsError(f"{CONFIG_VARIABLE} points to {file}, which is not a file")
    try:
        return Settings(**{key: value for key, value in overrides.items() if value is not None})
    except ValidationError as exc:
        raise SettingsError("; ".join(_complaint(error) for error in exc.errors(include_input=False))) from exc
    except SourceError as exc:
        raise SettingsError(f"a section takes its keys one by one, such as {PREFIX}ENGINE__KIND: {exc}") from exc
    except (tomllib.TOMLDecodeError, OSError) as exc:
        raise SettingsError(f"{file}: {exc}") from exc


def _config_file() -> Path:
    return Path(os.environ.get(CONFIG_VARIABLE, DEFAULT_FILE))


def _complaint(error: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown setting: {key}"
    return f"setting {key}: {error['msg']}"


def _unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """pydantic-settings ignores unknown environment names by itself, so a typing error would go unnoticed."""
    known = {CONFIG_VARIABLE, *_names(Settings, PREFIX)}
    return (name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)


def _names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for key, info in model.model_fields.items():
        name = f"{prefix}{key.upper()}"
        yield name
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _names(info.annotation, f"{name}__")
