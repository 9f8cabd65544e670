"""When the commands are sent to Discord: when they changed, by the process that runs the first shard."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bots.discord import commands
from bots.discord.commands.registration import is_responsible
from tests.contract.discord_loopback import Heard
from tests.discord import offline
from tests.discord.stage import Stage, staged

SERVER = 123456789012345678


def sent(stage: Stage) -> list[Heard]:
    return [one for one in stage.heard if one.method == "PUT" and one.path.endswith("/commands")]


async def test_d8_the_commands_are_sent_once_and_again_only_when_they_changed(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        first = await commands.synchronize(stage.client, stage.desk)
        again = await commands.synchronize(stage.client, stage.desk)
        stage.client.tree.remove_command("help")
        changed = await commands.synchronize(stage.client, stage.desk)
        asked = sent(stage)
    async with staged(tmp_path) as stage:
        after_restart = await commands.synchronize(stage.client, stage.desk)
        unchanged = await commands.synchronize(stage.client, stage.desk)

    assert (first, again, changed) == (True, False, True)
    assert [len(one.json) for one in asked] == [16, 15]
    assert (after_restart, unchanged) == (True, False)


async def test_d8_a_development_server_gets_them_at_once_and_nobody_else(tmp_path: Path) -> None:
    async with staged(tmp_path, discord={"development_guild": SERVER}) as stage:
        await commands.synchronize(stage.client, stage.desk)
        asked = sent(stage)

    assert [f"/guilds/{SERVER}/commands" in one.path for one in asked] == [True]
    assert all("contexts" not in command for command in asked[0].json)


async def test_d10_what_is_sent_has_the_names_in_korean(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await commands.synchronize(stage.client, stage.desk)
        named = {command["name"]: command["name_localizations"]["ko"] for command in sent(stage)[0].json}

    assert named["imagine"] == "그리기"


def test_d28_only_the_process_with_the_first_shard_registers() -> None:
    def client(shards: Any) -> Any:
        return SimpleNamespace(shard_ids=shards)

    assert is_responsible(client(None))
    assert is_responsible(client([0, 1]))
    assert not is_responsible(client([2, 3]))
    assert is_responsible(offline.Client())
