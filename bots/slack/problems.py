"""What Slack's refusals mean for an answer: try again, never there, or a refusal that its caller knows about.

slack_sdk puts whole answers of Slack into its errors, which may hold people's words: nothing of them leaves this file.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bots.courier import TryLater, Unreachable
from generator.scene import Notice

LONGEST_PAUSE: Final = 300.0  # seconds; whoever asks for more is asked again anyway
UNNAMED_PAUSE: Final = 5.0  # after a refusal for too many requests that does not say how long

GONE: Final = {
    **dict.fromkeys(("channel_not_found", "team_not_found", "cannot_find_channel"), "slack-place-gone"),
    **dict.fromkeys(("thread_not_found", "cannot_reply_to_message"), "slack-thread-gone"),
    **dict.fromkeys(("is_archived", "is_inactive"), "slack-place-archived"),
    "restricted_action_thread_locked": "slack-thread-locked",
    **dict.fromkeys(
        (
            "not_in_channel",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "slack_connect_file_upload_sharing_blocked",
            "slack_connect_blocked_file_type",
            "team_access_not_granted",
            "access_denied",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "method_not_supported_for_channel_type",
            "message_limit_exceeded",
            "messages_tab_disabled",
            "cannot_dm_bot",
            "user_not_found",
            "users_not_found",
            "user_not_visible",
            "user_disabled",
        ),
        "slack-place-closed",
    ),
    **dict.fromkeys(
        (
            "account_inactive",
            "token_revoked",
            "invalid_auth",
            "not_authed",
            "missing_scope",
            "no_permission",
            "not_allowed_token_type",
            "org_login_required",
            "two_factor_setup_required",
            "team_added_to_org",
        ),
        "slack-not-allowed",
    ),
}
"""Errors after which nothing of ours can stand in a place, and the words for it (docs.slack.dev: chat.postMessage)."""

BUSY: Final = frozenset({"ratelimited", "rate_limited", "accesslimited", "message_limit_reached"})

OUTAGES: Final = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "token_expired", "ekm_unavailable"}
)
"""Errors that pass; a token that ran out is renewed by whoever keeps it."""


class Refused(Exception):
    """Slack does not do it, and the place is not to blame.

    Attributes:
        code: Slack's word for it, such as ``invalid_blocks``; empty if it said none.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def code_of(exc: SlackApiError) -> str:
    """Slack's word for what was wrong; empty where there is none, as for a page of a proxy."""
    data = getattr(exc.response, "data", None)
    code = data.get("error") if isinstance(data, Mapping) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z0-9_]{1,80}", code) else ""


def status_of(exc: SlackApiError) -> int:
    """The HTTP status of an answer; 0 if it has none."""
    status = getattr(exc.response, "status_code", None) or getattr(exc.response, "status", 0)
    return status if isinstance(status, int) else 0


@asynccontextmanager
async def reaching() -> AsyncIterator[None]:
    """Translate what slack_sdk and aiohttp raise.

    Raises:
        TryLater: Slack cannot be reached, or asks for patience (platforms S24).
        Unreachable: The place is gone or closed, or the app is not installed any more.
        Refused: Anything else that Slack refuses.
    """
    try:
        yield
    except SlackApiError as exc:
        # Not chained: the error's words are Slack's whole answer.
        raise _meaning(exc) from None
    except (ClientError, OSError, TimeoutError, SlackClientError):
        raise TryLater from None


def _meaning(exc: SlackApiError) -> Exception:
    code, status = code_of(exc), status_of(exc)
    if status == 429 or code in BUSY:
        return TryLater(_patience(exc))
    if status >= 500 or code in OUTAGES or not code:
        return TryLater()
    if code in GONE:
        return Unreachable(Notice(key=GONE[code]))
    return Refused(code)


def _patience(exc: SlackApiError) -> float:
    """For how many seconds Slack wants to be left alone."""
    headers: Any = getattr(exc.response, "headers", None)
    said = headers.get("Retry-After") or headers.get("retry-after") if isinstance(headers, Mapping) else None
    try:
        seconds = float(said) if said is not None else UNNAMED_PAUSE
    except ValueError:
        return UNNAMED_PAUSE
    return min(seconds, LONGEST_PAUSE) if seconds >= 0 else UNNAMED_PAUSE
