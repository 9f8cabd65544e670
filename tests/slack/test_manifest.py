"""The app's manifest: valid for Slack, the least that the bot needs, and the same as what the code does."""

import json
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from bots.cli import app
from bots.replies import say
from bots.slack.manifest import bot_scopes, manifest, manifest_at
from generator.scene import Notice

SHARED: Final = Path(__file__).parents[2].parent / "shared" / "data" / "slack"
SCHEMA: Final = SHARED / "manifest-schema" / "manifest.schema.1.0.0.json"
ADDRESS: Final = "https://bot.example.com"

USES: Final = {
    "app_mentions:read": "app_mention: somebody asks in a channel",
    "assistant:write": "assistant.threads.setSuggestedPrompts; every app with agent_view has it",
    "channels:history": "message.channels and conversations.replies: the words and images of public threads",
    "channels:read": "channel_deleted and channel_left: what was made there goes with it",
    "chat:write": "chat.postMessage, chat.update, chat.delete, agents.sessions.setStatus",
    "commands": "/imagine and the shortcuts",
    "files:read": "downloads of people's images, files.info",
    "files:write": "uploads of our images, files.delete",
    "groups:history": "the same as channels:history in private channels that invited the bot",
    "groups:read": "group_deleted and group_left: the same in private channels",
    "im:history": "message.im: the direct messages, where the agent view is",
    "im:write": "conversations.open: private answers",
    "mpim:history": "the same as channels:history in group messages with the bot",
    "users:read": "users.info: names, languages, who administers the workspace",
}
"""Every permission and what is impossible without it."""


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Validator:
    if not SCHEMA.exists():
        pytest.skip("Slack's schema of manifests is kept beside the checkout, not in it")
    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "document",
    [manifest(), manifest_at(ADDRESS), manifest_at(ADDRESS, oauth=False)],
    ids=["socket", "http with oauth", "http with one workspace"],
)
def test_s6_the_manifest_is_valid_for_slack_in_each_mode(
    schema: jsonschema_rs.Validator, document: dict[str, Any]
) -> None:
    assert [error.message for error in schema.iter_errors(document)] == []


def test_the_schema_refuses_a_manifest_that_is_wrong(schema: jsonschema_rs.Validator) -> None:
    document = manifest()
    document["features"]["agent_view"]["suggested_prompts"] *= 2
    assert not schema.is_valid(document)


def test_s22_every_permission_has_a_use_and_no_other_is_asked_for() -> None:
    assert list(bot_scopes()) == sorted(USES)
    assert "user" not in manifest()["oauth_config"]["scopes"]


def test_s9_the_app_is_an_agent_in_the_new_view_with_at_most_four_prompts() -> None:
    features = manifest()["features"]
    assert "assistant_view" not in features
    assert 1 <= len(features["agent_view"]["suggested_prompts"]) <= 4
    assert features["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_a_shortcut_is_called_what_the_catalogue_calls_it() -> None:
    names = {one["callback_id"]: one["name"] for one in manifest()["features"]["shortcuts"]}
    for callback in ("revise", "reference", "describe", "provenance", "report"):
        assert names.pop(callback) == say(Notice(key=f"message-command-{callback}"), "en")
    assert names == {"create_image": "Create an image"}


def test_s6_by_http_everything_goes_to_one_address_and_not_to_a_socket() -> None:
    document = manifest_at(f"{ADDRESS}/")
    settings = document["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == f"{ADDRESS}/slack/events"
    assert settings["interactivity"]["request_url"] == f"{ADDRESS}/slack/events"
    assert [command["url"] for command in document["features"]["slash_commands"]] == [f"{ADDRESS}/slack/events"]


def test_s21_tokens_expire_only_where_somebody_renews_them() -> None:
    assert manifest()["settings"]["token_rotation_enabled"] is False
    oauth, single = manifest_at(ADDRESS), manifest_at(ADDRESS, oauth=False)
    assert oauth["settings"]["token_rotation_enabled"] is True
    assert oauth["oauth_config"]["redirect_urls"] == [f"{ADDRESS}/slack/oauth_redirect"]
    assert single["settings"]["token_rotation_enabled"] is False
    assert "redirect_urls" not in single["oauth_config"]


def test_the_manifest_of_one_mode_leaves_the_others_alone() -> None:
    before = manifest()
    manifest_at(ADDRESS)
    assert manifest() == before


@pytest.mark.parametrize(
    "address", ["http://bot.example.com", "bot.example.com", "https://", "https://a?b=c", "https://me:pw@host", ""]
)
def test_an_address_that_slack_cannot_use_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        manifest_at(address)


def test_the_command_prints_the_manifest_as_json_and_nothing_else() -> None:
    run = CliRunner()
    assert json.loads(run.invoke(app, ["slack-manifest"]).stdout) == manifest()
    assert json.loads(run.invoke(app, ["slack-manifest", "--url", ADDRESS]).stdout) == manifest_at(ADDRESS)
    single = run.invoke(app, ["slack-manifest", "--url", ADDRESS, "--one-workspace"])
    assert json.loads(single.stdout) == manifest_at(ADDRESS, oauth=False)


@pytest.mark.parametrize("arguments", [["--one-workspace"], ["--url", "http://bot.example.com"]])
def test_the_command_refuses_what_makes_no_manifest(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["slack-manifest", *arguments])
    assert result.exit_code != 0
    assert result.stdout == ""
