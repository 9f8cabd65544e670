"""What concerns the app itself: sockets, installing, the agent view, steps of workflows."""

from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method
from tests.fakes.slack.world import APP

JSON = dict[str, Any]
STATES = ("processing", "active", "suspended", "closed")
MOST_PROMPTS = 4
LONGEST_TITLE = 200
APP_TOKEN = "xapp-1-A0FAKEAPP01-1-fake"  # noqa: S105 - nobody's
CLIENT_ID, CLIENT_SECRET = "1.2", "fake-client-secret"


def connections_open(call: Call) -> JSON:
    """``apps.connections.open``."""
    if call.token != APP_TOKEN:
        raise ApiError("invalid_auth")
    return {"url": f"{call.world.base_url.replace('http', 'ws', 1)}/socket?ticket={call.world.identifier('')}"}


def oauth_access(call: Call) -> JSON:
    """``oauth.v2.access``: a code, or a refresh token, for tokens."""
    if (call.given("client_id"), call.given("client_secret")) not in ((CLIENT_ID, CLIENT_SECRET), (None, None)):
        raise ApiError("invalid_client_id")
    if call.given("grant_type") == "refresh_token":
        team = next((t for t in call.world.teams.values() if t.refresh_token == call.text("refresh_token")), None)
        if team is None:
            raise ApiError("invalid_refresh_token")
    else:
        team = call.world.codes.pop(call.text("code"), None)
        if team is None:
            raise ApiError("invalid_code")
        team.installed = True
    call.world.issue_token(team)
    body: JSON = {
        "access_token": team.token,
        "token_type": "bot",
        "scope": ",".join(sorted(team.scopes)),
        "bot_user_id": team.bot.id,
        "app_id": APP,
        "team": None if team.org_wide else {"id": team.id, "name": team.name},
        "enterprise": {"id": team.enterprise, "name": "org"} if team.enterprise else None,
        "is_enterprise_install": team.org_wide,
        "authed_user": {"id": next(iter(team.users))},
    }
    if call.world.token_seconds:
        body |= {"expires_in": call.world.token_seconds, "refresh_token": team.refresh_token}
    return body


def set_session_status(call: Call) -> JSON:
    """``agents.sessions.setStatus``."""
    call.needs("assistant:write")
    if call.text("status") not in STATES:
        raise ApiError("invalid_arguments")
    if len(call.given("title") or "") > LONGEST_TITLE:
        raise ApiError("invalid_arguments")
    call.world.statuses.append({"method": "agents", "team": call.team.id, **call.args})
    return {}


def set_assistant_status(call: Call) -> JSON:
    """``assistant.threads.setStatus``."""
    call.needs("assistant:write", "chat:write")
    call.world.channel(call.text("channel_id"))
    call.text("thread_ts")
    call.world.statuses.append({"method": "assistant", "team": call.team.id, **call.args})
    return {}


def set_prompts(call: Call) -> JSON:
    """``assistant.threads.setSuggestedPrompts``."""
    call.needs("assistant:write")
    prompts = call.document("prompts") or []
    if not 0 < len(prompts) <= MOST_PROMPTS:
        raise ApiError("invalid_arguments")
    call.world.channel(call.text("channel_id"))
    call.world.prompts.append({**call.args, "prompts": prompts})
    return {}


def complete_success(call: Call) -> JSON:
    """``functions.completeSuccess``."""
    call.world.completions.append({"ok": True, **call.args, "outputs": call.document("outputs")})
    return {}


def complete_error(call: Call) -> JSON:
    """``functions.completeError``."""
    call.world.completions.append({"ok": False, **call.args})
    return {}


METHODS: dict[str, Method] = {
    "apps.connections.open": connections_open,
    "oauth.v2.access": oauth_access,
    "agents.sessions.setStatus": set_session_status,
    "assistant.threads.setStatus": set_assistant_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "functions.completeSuccess": complete_success,
    "functions.completeError": complete_error,
}
