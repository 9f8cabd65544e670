"""What admins may set, and whom it keeps out."""

from pathlib import Path

import pytest

from bots.chat.preferences import Preferences, change_preferences, locale_from, preferences_of, refusal
from bots.config import Settings
from bots.session import open_session
from storage.chats import Chats
from storage.tenants import TenantRecord


def test_without_preferences_everybody_may_ask_everywhere() -> None:
    assert refusal(Preferences(), channels=["1"], roles=[]) is None


def test_a_listed_channel_lets_its_threads_ask_and_other_channels_not() -> None:
    preferences = Preferences(channels=("10",))

    assert refusal(preferences, channels=["77", "10"], roles=[]) is None
    refused = refusal(preferences, channels=["11"], roles=[])
    assert refused is not None
    assert refused.key == "channel-not-allowed"


def test_listed_roles_are_needed_except_by_admins() -> None:
    preferences = Preferences(roles=("5",))

    refused = refusal(preferences, channels=["1"], roles=["6"])
    assert refused is not None
    assert refused.key == "role-not-allowed"
    assert refusal(preferences, channels=["1"], roles=["6", "5"]) is None
    assert refusal(preferences, channels=["1"], roles=[], admin=True) is None


@pytest.mark.parametrize(
    ("tag", "locale"), [("ko", "ko"), ("ko-KR", "ko"), ("en-US", "en"), ("de", "en"), (None, "en")]
)
def test_d10_a_platform_language_becomes_one_of_the_catalogue(tag: str | None, locale: str) -> None:
    assert locale_from(tag) == locale


def test_the_language_of_the_server_wins_over_the_platform() -> None:
    assert Preferences(language="ko").locale("en-US") == "ko"
    assert Preferences().locale("ko") == "ko"


def test_what_is_stored_and_no_longer_possible_is_left_out() -> None:
    stored = {"default_style": "gone", "channels": ["1", "2"], "threads": "sideways", "spoiler": True, "unknown": 1}

    preferences = preferences_of(TenantRecord(id="discord:1", preferences=stored))

    assert preferences == Preferences(channels=("1", "2"), spoiler=True)


@pytest.mark.parametrize(
    "change",
    [
        {"default_style": "oil"},
        {"language": "xx"},
        {"threads": "no"},
        {"channels": tuple("abcdefghijklmnopqrstuvwxyz")},
    ],
)
def test_an_impossible_preference_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown|too many"):
        Preferences(**change)  # type: ignore[arg-type]  # that is the point


async def test_a_change_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    async with open_session(Settings(data_dir=tmp_path), serve=False) as session:
        chats: Chats = session.app.chats
        await change_preferences(chats, "discord:1", channels=("4",), columns={"policy_strictness": "strict"})
        await change_preferences(chats, "discord:1", default_style="poster", columns={"retention_days": 30})

        tenant = await chats.tenant("discord:1")

    assert preferences_of(tenant) == Preferences(channels=("4",), default_style="poster")
    assert (tenant.policy_strictness, tenant.retention_days) == ("strict", 30)
