"""Which function answers which path."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.discord.errors import ApiError
from tests.fakes.discord.rest import applications, channels, guilds, messages, threads, webhooks
from tests.fakes.discord.rest.call import Call

Handler = Callable[[Call], Any]
MAJOR = ("channel", "guild", "webhook", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A route with the parameters of a path. ``major`` is what rate limits are counted by."""

    template: str
    parameters: dict[str, str]
    handler: Handler
    by_token: bool

    @property
    def major(self) -> str:
        """The parameters that have a bucket of their own."""
        return "/".join(self.parameters[name] for name in MAJOR if name in self.parameters)


def _nothing_there(_call: Call) -> Any:
    raise ApiError(404, 0, "404: Not Found")


_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/gateway", applications.gateway),
    ("GET", "/gateway/bot", applications.gateway_bot),
    ("GET", "/users/@me", applications.me),
    ("GET", "/users/@me/guilds", guilds.mine),
    ("DELETE", "/users/@me/guilds/{guild}", guilds.leave),
    ("POST", "/users/@me/channels", channels.open_dm),
    ("GET", "/users/{user}", guilds.user),
    ("GET", "/applications/@me", applications.application),
    ("GET", "/oauth2/applications/@me", applications.application),
    ("GET", "/applications/{application}/commands", applications.get_commands),
    ("PUT", "/applications/{application}/commands", applications.put_commands),
    ("POST", "/applications/{application}/commands", applications.post_command),
    ("GET", "/applications/{application}/guilds/{guild}/commands", applications.get_commands),
    ("PUT", "/applications/{application}/guilds/{guild}/commands", applications.put_commands),
    ("POST", "/applications/{application}/guilds/{guild}/commands", applications.post_command),
    ("GET", "/guilds/{guild}", guilds.guild),
    ("GET", "/guilds/{guild}/channels", guilds.channels),
    ("GET", "/guilds/{guild}/roles", guilds.roles),
    ("GET", "/guilds/{guild}/members/{user}", guilds.member),
    ("GET", "/guilds/{guild}/threads/active", guilds.active_threads),
    ("GET", "/channels/{channel}", channels.channel),
    ("PATCH", "/channels/{channel}", channels.change),
    ("DELETE", "/channels/{channel}", channels.delete),
    ("POST", "/channels/{channel}/typing", channels.typing),
    ("GET", "/channels/{channel}/messages", messages.history),
    ("POST", "/channels/{channel}/messages", messages.post),
    ("POST", "/channels/{channel}/messages/bulk-delete", messages.delete_many),
    ("GET", "/channels/{channel}/messages/{message}", messages.one),
    ("PATCH", "/channels/{channel}/messages/{message}", messages.edit),
    ("DELETE", "/channels/{channel}/messages/{message}", messages.delete),
    ("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", messages.react),
    ("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", messages.unreact),
    ("POST", "/channels/{channel}/messages/{message}/threads", threads.from_message),
    ("POST", "/channels/{channel}/threads", threads.without_message),
    ("GET", "/channels/{channel}/threads/archived/public", threads.archived),
    ("GET", "/channels/{channel}/thread-members", threads.members),
    ("PUT", "/channels/{channel}/thread-members/@me", threads.join),
    ("DELETE", "/channels/{channel}/thread-members/@me", threads.leave),
    ("POST", "/interactions/{interaction}/{token}/callback", webhooks.callback),
    ("POST", "/webhooks/{webhook}/{token}", webhooks.followup),
    ("GET", "/webhooks/{webhook}/{token}/messages/{message}", webhooks.one),
    ("PATCH", "/webhooks/{webhook}/{token}/messages/{message}", webhooks.edit),
    ("DELETE", "/webhooks/{webhook}/{token}/messages/{message}", webhooks.delete),
]
_PATTERNS = [
    (method, re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)) + "/?"), template, handler)
    for method, template, handler in _TABLE
]


def find(method: str, path: str) -> Found:
    """The route of a request; for unknown ones a route that answers 404."""
    for wanted, pattern, template, handler in _PATTERNS:
        if wanted != method or (matched := pattern.fullmatch(path)) is None:
            continue
        by_token = template.startswith(("/interactions/", "/webhooks/"))
        return Found(template=template, parameters=matched.groupdict(), handler=handler, by_token=by_token)
    return Found(template=path, parameters={}, handler=_nothing_there, by_token=False)
