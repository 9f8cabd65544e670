"""What is registered with Discord: within its limits, in every language, with contexts and rights."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands

from bots.chat.desk import Desk
from bots.discord import commands
from bots.discord.commands.registration import digest_of, payload_of
from bots.discord.commands.wording import TAGS, Catalogue
from tests.chat.images import quiet_session

LANGUAGES = {tag.value for tag in TAGS}
NAME = re.compile(r"[-_'\w]{1,32}")


class Client(discord.Client):
    """Never connected."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self.tree = app_commands.CommandTree(self)


@pytest.fixture
async def payload(tmp_path: Path) -> list[dict[str, Any]]:
    async with quiet_session(tmp_path) as session:
        client = Client()
        commands.install(client, Desk(session=session))
        await client.tree.set_translator(Catalogue())
        return await payload_of(client.tree)


def everything_in(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The command, its options and their choices, at any depth."""
    yield command
    for part in (*command.get("options", ()), *command.get("choices", ())):
        yield from everything_in(part)


def longest(part: dict[str, Any], key: str) -> int:
    return max(map(len, (str(part.get(key, "")), *part.get(f"{key}_localizations", {}).values())))


def test_every_way_in_of_the_design_is_there(payload) -> None:
    slash = {command["name"] for command in payload if command["type"] == 1}
    menu = {command["name"] for command in payload if command["type"] == 3}

    assert slash == {
        *("imagine", "revise", "blend", "describe", "gallery", "provenance", "usage", "cancel"),
        *("settings", "privacy", "help"),
    }
    assert menu == {"Revise this image", "Use as reference", "Describe", "Check provenance", "Report"}


def test_d8_there_are_no_more_commands_options_and_choices_than_discord_takes(payload) -> None:
    kinds = [command["type"] for command in payload]

    assert kinds.count(1) <= 100
    assert kinds.count(2) <= 15
    assert kinds.count(3) <= 15
    for command in payload:
        for part in everything_in(command):
            assert len(part.get("options", ())) <= 25
            assert len(part.get("choices", ())) <= 25


def test_d8_each_command_has_at_most_8000_characters_in_its_longest_language(payload) -> None:
    for command in payload:
        total = sum(
            longest(part, "name") + longest(part, "description") + len(str(part.get("value", "")))
            for part in everything_in(command)
        )
        assert total <= 8000, command["name"]


def test_d8_names_and_descriptions_fit_and_names_are_what_discord_accepts(payload) -> None:
    for command in payload:
        for part in everything_in(command):
            if "value" in part:
                assert longest(part, "name") <= 100
                continue
            assert longest(part, "description") <= 100
            if command["type"] == 1:
                for name in (part["name"], *part["name_localizations"].values()):
                    assert NAME.fullmatch(name), name
                    assert name == name.lower()
            else:
                assert longest(part, "name") <= 32


def test_d8_options_of_a_command_have_different_names_in_each_language(payload) -> None:
    for command in payload:
        for part in everything_in(command):
            options = part.get("options", ())
            for tag in LANGUAGES:
                names = [option["name_localizations"][tag] for option in options]
                assert len(names) == len(set(names)), (command["name"], tag)


def test_d9_every_command_says_where_it_works_and_how_it_is_installed(payload) -> None:
    for command in payload:
        expected = ([0], [0]) if command["name"] == "settings" else ([0, 1, 2], [0, 1])
        assert (command["contexts"], command["integration_types"]) == expected, command["name"]
        assert "dm_permission" not in command


def test_d9_only_who_manages_the_server_is_shown_the_settings(payload) -> None:
    shown = {command["name"]: command["default_member_permissions"] for command in payload}

    assert shown.pop("settings") == discord.Permissions(manage_guild=True).value
    assert set(shown.values()) == {None}


def test_d10_every_name_and_description_is_there_in_every_language(payload) -> None:
    for command in payload:
        for part in everything_in(command):
            assert set(part["name_localizations"]) == LANGUAGES, part["name"]
            if "description" in part and command["type"] == 1:
                assert set(part["description_localizations"]) == LANGUAGES, part["name"]
            assert not re.search(r"^(command|option|message-command|style|language)-", part["name_localizations"]["ko"])


def test_d10_korean_names_are_korean(payload) -> None:
    korean = [command["name_localizations"]["ko"] for command in payload]

    assert all(re.search("[가-힣]", name) for name in korean)


def test_d5_no_option_has_choices_and_autocomplete(payload) -> None:
    options = [part for command in payload for part in everything_in(command)]

    assert any(part.get("autocomplete") for part in options)
    assert any(part.get("choices") for part in options)
    assert not any(part.get("autocomplete") and part.get("choices") for part in options)


def test_d11_the_commands_of_a_messages_menu_are_there_for_everybody(payload) -> None:
    menu = [command for command in payload if command["type"] == 3]

    assert len(menu) == 5
    assert {command["default_member_permissions"] for command in menu} == {None}


def test_d8_the_digest_changes_with_the_commands_and_not_with_their_order(payload) -> None:
    changed = [{**payload[0], "description": "something else"}, *payload[1:]]

    assert digest_of(payload[::-1]) == digest_of(payload)
    assert digest_of(changed) != digest_of(payload)
