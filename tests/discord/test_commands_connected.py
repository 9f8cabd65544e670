"""The commands over a real connection: a fake Discord that offers what was registered and shows what was answered.

The line does not run here: what is asked stays queued, and its placeholder is put there by the test.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord import app_commands
from pydantic import SecretStr

from bots.chat.desk import Desk
from bots.config import DiscordSettings
from bots.discord import commands
from bots.discord.addresses import use_addresses
from tests.chat.images import keep, quiet_session
from tests.contract.discord_watch import Watch, check_everything
from tests.fakes.discord import Channel, FakeDiscord, Guild, Interaction, Message, Modal, User, payloads
from tests.storage.samples import picture

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord commands")]


class Client(discord.AutoShardedClient):
    """Only the commands."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None)
        self.desk = desk
        self.tree: app_commands.CommandTree[Client] = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        commands.install(self, self.desk)
        await commands.synchronize(self, self.desk)


@dataclass(slots=True, kw_only=True)
class Connected:
    """A client with the commands and the Discord it is connected to."""

    fake: FakeDiscord
    client: Client
    desk: Desk
    watch: Watch

    def place(self, *, locale: str = "en-US") -> tuple[Guild, Channel, User, User]:
        """A new server with a channel, Ana and Ben."""
        guild = self.fake.add_guild("studio", locale=locale)
        ana, ben = self.fake.add_user("ana", locale=locale), self.fake.add_user("ben", locale=locale)
        for user in (ana, ben):
            guild.add_member(user)
        return guild, guild.add_text_channel("images"), ana, ben

    async def opened(self, asked: Interaction) -> Modal:
        """The form an interaction was answered with, once discord.py knows that it stands."""
        await asked.wait_acknowledged()
        assert asked.modal is not None
        custom_id = asked.modal.custom_id
        await self.fake.world.wait_until(lambda: custom_id in self.client._connection._view_store._modals, 10)
        return asked.modal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Connected]:
    folder: Path = tmp_path_factory.mktemp("commands")
    async with FakeDiscord() as fake:
        fake.add_guild("home")
        settings = DiscordSettings(token=SecretStr(fake.token), api_url=fake.api_url, gateway_url=fake.gateway_url)
        use_addresses(settings)
        watch = check_everything(fake)
        async with (
            quiet_session(folder, discord=settings, checks={"ocr": False}) as session,
            asyncio.TaskGroup() as tasks,
        ):
            desk = Desk(session=session)
            client = Client(desk)
            tasks.create_task(client.start(fake.token))
            try:
                await fake.wait_connected()
                yield Connected(fake=fake, client=client, desk=desk, watch=watch)
            finally:
                await client.close()
        watch.assert_clean()


async def told(interaction: Interaction, *words: str) -> Message:
    """The answer to an interaction that says all of that."""
    return await interaction.wait_for(lambda message: all(word in message.text for word in words))


def _choose(connected: Connected, user: User, shown: Message, what: str, chosen: dict[str, Any]) -> None:
    """Choose one channel or role from its list; the fake's own people only choose from lists of words."""
    (menu,) = (each for each in shown.walk() if each.get("custom_id") == f"tc1:settings:{what}")
    data = {"custom_id": menu["custom_id"], "component_type": menu["type"], "values": [chosen["id"]]}
    connected.fake.world.people._component(user, shown, {**data, "resolved": {what: {chosen["id"]: chosen}}}, None)


async def test_d8_discord_takes_the_commands(connected: Connected) -> None:
    names = {command["name"] for command in connected.fake.commands}

    assert {"imagine", "settings", "Revise this image"} <= names


async def test_d1_a_request_is_acknowledged_for_the_person_and_tidied_up_once_its_post_stands(connected) -> None:
    _, channel, ana, _ = connected.place()
    asked = await ana.command(channel, "imagine", {"prompt": "a hat", "size": "1:1", "count": 2})
    await asked.wait_acknowledged()
    assert asked.original is not None
    assert asked.original.is_ephemeral
    assert asked.original.is_loading
    assert channel.messages == []

    await connected.desk.app.chats.place_post(f"discord:i:{asked.id}", f"discord:{channel.id}", "discord:5")
    await connected.fake.world.wait_until(lambda: asked.messages == [], 10)
    job = await connected.desk.app.records.job(f"discord:i:{asked.id}")
    assert job is not None
    assert job.tenant == f"discord:{channel.guild.id}"


async def test_d3_for_who_installed_it_themselves_everybody_sees_the_original(connected) -> None:
    _, channel, ana, _ = connected.place()
    asked = await ana.command(channel, "imagine", {"prompt": "a hat"}, installed="user")
    await asked.wait_acknowledged()

    assert asked.original is not None


async def test_d9_direct_messages_have_every_command_but_the_servers(connected) -> None:
    _, _, ana, _ = connected.place()
    direct = connected.fake.open_dm(ana)
    await told(await ana.command(direct, "usage"), "no daily limit")
    asked = await ana.command(direct, "imagine", {"prompt": "a hat"})
    await asked.wait_acknowledged()

    job = await connected.desk.app.records.job(f"discord:i:{asked.id}")
    assert job is not None
    assert (job.tenant, job.conversation) == (f"discord:user:{ana.id}", f"discord:{direct.id}")


async def test_d5_suggestions_come_while_somebody_types(connected) -> None:
    guild, channel, ana, ben = connected.place()
    app = connected.desk.app
    await keep(app, "discord:i:71", prompt="a blue whale", tenant=f"discord:{guild.id}", requester=f"discord:{ana.id}")
    mine = await ana.autocomplete(channel, "imagine", {"prompt": "WHALE"}, focused="prompt")
    bens = await ben.autocomplete(channel, "imagine", {"prompt": "WHALE"}, focused="prompt")
    styles = await ana.autocomplete(channel, "imagine", {"prompt": "x", "style": "po"}, focused="style", locale="ko")

    assert [choice["value"] for choice in mine] == ["a blue whale"]
    assert bens == []
    assert [choice["value"] for choice in styles] == ["poster"]


async def test_d9_the_settings_are_for_admins_and_their_lists_work(connected) -> None:
    guild, channel, ana, ben = connected.place()
    guild.set_permissions(ana, ["view_channel", "send_messages", "use_application_commands", "manage_guild"])
    role = guild.add_role("artists")
    shown = await told(await ana.command(channel, "settings show"), "Plan: free", "Channels: all")
    assert shown.is_ephemeral
    chosen = payloads.chosen_channel(channel, ana)
    _choose(connected, ana, shown, "channels", {key: chosen[key] for key in ("id", "name", "type", "permissions")})
    await connected.fake.world.wait_until(lambda: f"Channels: <#{channel.id}>" in shown.text, 10)
    _choose(connected, ana, shown, "roles", payloads.role(role))
    await connected.fake.world.wait_until(lambda: f"<@&{role.id}>" in shown.text, 10)

    refused = await ben.command(channel, "imagine", {"prompt": "a hat"})
    answer = await told(refused, "certain roles")
    assert answer.is_ephemeral


async def test_d7_a_page_of_the_gallery_turns_and_only_the_person_sees_it(connected) -> None:
    guild, channel, ana, _ = connected.place()
    mine: dict[str, Any] = {"tenant": f"discord:{guild.id}", "requester": f"discord:{ana.id}"}
    for number in range(30, 37):
        await keep(connected.desk.app, f"discord:i:{number}", prompt=f"cat {number}", **mine)
    shown = await told(await ana.command(channel, "gallery"), "AI-generated", "cat 36", "cat 32")
    assert shown.is_ephemeral
    assert len(shown.attachments) == 5
    assert all(file.description is None or len(file.description) <= 1024 for file in shown.attachments)
    await ana.click(shown, label="Older")
    await connected.fake.world.wait_until(lambda: "cat 31" in shown.text, 10)

    assert "cat 36" not in shown.text
    assert len(shown.attachments) == 2


async def test_cancel_stops_what_is_chosen(connected) -> None:
    _, channel, ana, _ = connected.place()
    asked = [await ana.command(channel, "imagine", {"prompt": f"hat {number}"}) for number in range(2)]
    for one in asked:
        await one.wait_acknowledged()
    shown = await told(await ana.command(channel, "cancel"), "Which requests")
    await ana.select(shown, [f"discord:i:{asked[1].id}"])
    await connected.fake.world.wait_until(lambda: "stopped it" in shown.text, 10)
    jobs = [await connected.desk.app.records.job(f"discord:i:{one.id}") for one in asked]

    assert [job.status for job in jobs if job is not None] == ["waiting", "done"]


async def test_an_export_arrives_as_a_file(connected) -> None:
    _, channel, ana, _ = connected.place()
    shown = await told(await ana.command(channel, "privacy export"), "everything that I keep")

    assert shown.is_ephemeral
    assert [file.filename for file in shown.attachments] == ["threadbrush-data.zip"]
    assert shown.attachments[0].data.startswith(b"PK")


async def test_d11_provenance_of_somebodys_message_is_checked_by_its_menu(connected) -> None:
    guild, channel, ana, ben = connected.place()
    kept = await keep(
        connected.desk.app, "discord:i:80", tenant=f"discord:{guild.id}", requester=f"discord:{ana.id}", prompt="my hat"
    )
    data = await connected.desk.app.blobs.get(kept.digest)
    message = await channel.say(ben, "look", attachments=[("hat.png", data)])
    mine = await told(await ana.message_command(message, "Check provenance"), "drawn by me", "my hat")
    bens = await told(await ben.message_command(message, "Check provenance"), "drawn by me")

    assert mine.is_ephemeral
    assert "my hat" not in bens.text


async def test_d23_use_as_reference_takes_words_and_more_files(connected) -> None:
    _, channel, ana, ben = connected.place()
    message = await channel.say(ben, "my cat", attachments=[("cat.png", picture())])
    form = await connected.opened(await ana.message_command(message, "Use as reference"))
    words, images = form.labels
    sent = await ana.submit(form, {words: "a poster with it"}, {images: ("more.png", picture(color="#00ff00"))})
    await sent.wait_acknowledged()
    turn = await connected.desk.app.chats.turn(f"discord:{sent.id}")

    assert turn is not None
    assert turn.text == "a poster with it"
    assert [file.name for file in turn.attachments] == ["cat.png", "more.png"]


async def test_d11_a_report_is_confirmed_to_the_reporter_only(connected) -> None:
    guild, channel, ana, ben = connected.place()
    message = await channel.say(ben, "buy now")
    form = await connected.opened(await ana.message_command(message, "Report"))
    sent = await ana.submit(form, {form.labels[0]: "spam"})
    answer = await told(sent, "Thank you")
    reports = await connected.desk.app.chats.reports_of(f"discord:{guild.id}")

    assert answer.is_ephemeral
    assert [report.reason for report in reports] == ["spam"]


async def test_d15_nobody_is_pinged_by_an_answer(connected) -> None:
    guild, channel, ana, _ = connected.place()
    await keep(
        connected.desk.app,
        "discord:i:90",
        prompt="@everyone look",
        tenant=f"discord:{guild.id}",
        requester=f"discord:{ana.id}",
    )
    shown = await told(await ana.command(channel, "gallery", {"mine": True}), "look")

    assert shown.pinged == set()


async def test_d1_every_command_is_acknowledged_in_time(connected) -> None:
    _, channel, ana, _ = connected.place()
    asked = [await ana.command(channel, name) for name in ("help", "usage", "gallery", "cancel", "privacy delete")]
    for one in asked:
        await one.wait_for(lambda message: not message.is_loading and message.text)

    assert max(one.acknowledged_after or 9 for one in asked) < 3
