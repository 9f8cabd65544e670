"""``auth.*``, ``users.*``, ``team.*``: who is who."""

from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method

JSON = dict[str, Any]


def auth_test(call: Call) -> JSON:
    """``auth.test``."""
    team = call.team
    body: JSON = {
        "url": f"https://{team.name}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": team.org_wide,
    }
    return body | ({"enterprise_id": team.enterprise} if team.enterprise else {})


def users_info(call: Call) -> JSON:
    """``users.info``."""
    call.needs("users:read")
    user = call.team.users.get(call.text("user"))
    if user is None:
        raise ApiError("user_not_found")
    profile = {"real_name": user.name, "display_name": user.name, "avatar_hash": "", "team": user.team.id}
    body: JSON = {
        "id": user.id,
        "team_id": user.team.id,
        "name": user.name,
        "deleted": False,
        "real_name": user.name,
        "tz": "Asia/Seoul" if user.locale.startswith("ko") else "Europe/London",
        "profile": profile,
        "is_admin": user.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": 1700000000,
    }
    if call.flag("include_locale"):
        body["locale"] = user.locale
    return {"user": body}


METHODS: dict[str, Method] = {
    "auth.test": auth_test,
    "users.info": users_info,
}
