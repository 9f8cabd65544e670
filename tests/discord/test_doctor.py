"""What the doctor says of Discord: token, intent, gateway, permissions in each server, the invite link."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.config import DiscordSettings
from bots.discord.doctor import examine
from bots.discord.invitation import PERMISSIONS
from bots.findings import Finding
from tests.contract.discord_watch import watched
from tests.discord.bot import settings_for
from tests.fakes.discord import FakeDiscord


def _named(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.part: finding for finding in findings}


async def test_without_a_token_discord_is_absent_and_nothing_is_asked() -> None:
    (finding,) = await examine(DiscordSettings())

    assert finding.status == "absent"
    assert "THREADBRUSH_DISCORD__TOKEN" in finding.mend


async def test_a_good_bot_is_found_well_with_its_invite_link(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.add_guild("home")
        with watched(fake) as watch:
            found = _named(await examine(settings_for(fake, tmp_path).discord))
        watch.assert_clean()

    assert found["discord token"].status == "ok"
    assert found["discord intents"].status == "ok"
    assert found["discord server home"].status == "ok", found
    assert f"permissions={PERMISSIONS.value}" in found["discord invite"].detail
    assert f"client_id={fake.application_id}" in found["discord invite"].detail
    assert not any(fake.token in finding.detail + finding.mend for finding in found.values())


async def test_a_refused_token_is_broken_and_never_shown() -> None:
    async with FakeDiscord() as fake:
        settings = DiscordSettings(
            token=SecretStr("MTIz.wrong.token"), api_url=fake.api_url, gateway_url=fake.gateway_url
        )
        (finding,) = await examine(settings)

    assert finding.status == "broken"
    assert "refuses the token" in finding.detail
    assert "MTIz" not in finding.detail + finding.mend


@pytest.mark.parametrize(("wanted", "status"), [("auto", "absent"), ("on", "broken")])
async def test_a_missing_intent_matters_where_it_is_asked_for(tmp_path: Path, wanted: str, status: str) -> None:
    async with FakeDiscord(message_content=False) as fake:
        settings = settings_for(fake, tmp_path, discord={"message_content": wanted}).discord
        found = _named(await examine(settings))

    assert found["discord intents"].status == status


async def test_a_server_that_withholds_a_permission_is_named_with_it(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        guild = fake.add_guild("strict")
        guild.bot_permissions = guild.bot_permissions & ~(1 << 15)  # attach files
        found = _named(await examine(settings_for(fake, tmp_path).discord))

    assert found["discord server strict"].status == "broken"
    assert "attach_files" in found["discord server strict"].detail


async def test_a_discord_that_cannot_be_reached_is_broken(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        settings = settings_for(fake, tmp_path).discord
    (finding,) = await examine(settings)

    assert finding.status == "broken"
    assert "cannot be reached" in finding.detail
