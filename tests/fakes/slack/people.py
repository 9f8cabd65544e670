"""What people do in the fake Slack, and what the app is told of it."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.slack.filling import filled
from tests.fakes.slack.model import Channel, File, Interaction, Message, Team, User, View, elements
from tests.fakes.slack.payloads import (
    changed_event,
    channel_json,
    common,
    deleted_event,
    envelope,
    message_event,
    message_json,
    slash,
    view_json,
)
from tests.fakes.slack.world import World

JSON = dict[str, Any]
TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
POLL_SECONDS = 0.01


class People:
    """Everybody's hands."""

    def __init__(self, world: World, deliver: Callable[..., None]) -> None:
        self._world = world
        self._deliver = deliver

    # What is said

    async def say(
        self,
        channel: Channel,
        author: User,
        text: str,
        *,
        thread: Message | str | None = None,
        files: list[tuple[str, bytes]],
    ) -> Message:
        """A message of a person; one that addresses the bot in a channel comes as two events (platforms S3)."""
        uploads = [upload_of(self._world, author, name, data) for name, data in files]
        root = thread.ts if isinstance(thread, Message) else thread
        message = said(
            self._world,
            channel,
            author,
            text,
            thread_ts=root,
            files=uploads,
            subtype="file_share" if uploads else None,
            client_msg_id=f"7284d32a-1e3a-4c2c-bab8-{int(self._world.now() * 1e6) % 16**12:012x}",
        )
        for upload in uploads:
            upload.shares.append(message)
        self.event(channel, message_event(message))
        if channel.kind != "im" and channel.team.mention in text:
            self.event(channel, mention_event(message))
        return message

    async def edit(self, message: Message, text: str) -> None:
        """Its author changes it."""
        before = message_json(message)
        message.history.append(message.text)
        message.text = text
        message.edited = {"user": message.author.id, "ts": self._world.ts()}
        self.event(message.channel, changed_event(message, before, self._world.ts()))

    async def delete(self, message: Message) -> None:
        """Somebody deletes it."""
        self.event(message.channel, withdraw(message, self._world.ts()))

    def event(self, channel: Channel, event: JSON) -> None:
        """Tell the app of something in a channel, if it is there."""
        if channel.team.bot.id in channel.members:
            self.event_of(channel.team, event)

    def event_of(self, team: Team, event: JSON) -> None:
        """Tell the app of something in a workspace."""
        body = envelope(team, event, self._world.identifier("Ev"), self._world.now())
        self._deliver("events_api", body)

    # What is pressed

    async def command(self, user: User, channel: Channel, command: str, text: str) -> Interaction:
        """A slash command."""
        interaction = self._interaction("slash_commands", user)
        interaction.body = slash(user, channel, command, text, interaction, self._response_url(interaction))
        return await self._happen(interaction)

    async def click(self, user: User, message: Message, verb: str, value: str | None = None) -> Interaction:
        """A button of ours."""
        found = [
            each
            for each in message.buttons
            if each["action_id"] == f"tb1:{verb}" or each["action_id"].startswith(f"tb1:{verb}:")
        ]
        assert found, f"no button for {verb}: {[each['action_id'] for each in message.buttons]}"
        element = found[0] if value is None else {**found[0], "value": value}
        return await self._press(user, message, element, {})

    async def act(self, user: User, source: Message | View | JSON, action_id: str, state: JSON) -> Interaction:
        """Any element, by its action id. ``state``: what it carries (``value``, ``selected_option`` …)."""
        blocks = source.blocks if isinstance(source, Message) else None
        body = source.body if isinstance(source, View) else source if isinstance(source, dict) else {}
        found = [each for each in elements(blocks or body.get("blocks", [])) if each["action_id"] == action_id]
        assert found, f"no element {action_id}"
        return await self._press(user, source, found[0], state)

    async def _press(self, user: User, source: Message | View | JSON, element: JSON, state: JSON) -> Interaction:
        interaction = self._interaction("interactive", user)
        pressed = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": element.get("block_id", "blk"),
            "action_ts": self._world.ts(),
        }
        pressed |= {key: element[key] for key in ("text", "value") if key in element} | opinion(element, state) | state
        body = {"type": "block_actions", **common(user, interaction.trigger_id), "actions": [pressed]}
        if isinstance(source, View):
            view = view_json(source, self._world)
            body |= {"container": {"type": "view", "view_id": source.id}, "view": view}
        elif isinstance(source, Message):
            body |= self._container(source, interaction)
        else:  # an ephemeral message
            place = {"message_ts": source["ts"], "channel_id": source["channel"], "is_ephemeral": True}
            channel = self._world.channel(source["channel"])
            body |= {
                "container": {"type": "message", **place},
                "channel": channel_json(channel),
                "response_url": self._response_url(interaction),
                "state": {"values": {}},
            }
        interaction.body = body
        return await self._happen(interaction)

    def _container(self, message: Message, interaction: Interaction) -> JSON:
        place: JSON = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": False,
        }
        if message.thread_ts is not None:
            place["thread_ts"] = message.thread_ts
        return {
            "container": place,
            "channel": channel_json(message.channel),
            "message": message_json(message),
            "state": {"values": {}},
            "response_url": self._response_url(interaction),
        }

    async def message_shortcut(self, user: User, callback_id: str, message: Message) -> Interaction:
        """A shortcut in the menu of a message."""
        interaction = self._interaction("interactive", user)
        interaction.body = {
            "type": "message_action",
            **common(user, interaction.trigger_id),
            "action_ts": self._world.ts(),
            "callback_id": callback_id,
            "response_url": self._response_url(interaction),
            "message_ts": message.ts,
            "channel": channel_json(message.channel),
            "message": message_json(message),
        }
        del interaction.body["api_app_id"]  # which Slack leaves out here
        return await self._happen(interaction)

    async def global_shortcut(self, user: User, callback_id: str) -> Interaction:
        """A shortcut about nothing in particular."""
        interaction = self._interaction("interactive", user)
        interaction.body = {
            "type": "shortcut",
            **common(user, interaction.trigger_id),
            "action_ts": self._world.ts(),
            "callback_id": callback_id,
        }
        return await self._happen(interaction)

    # Forms and pages

    async def view(self, user: User, within: float) -> View:
        """The newest open form of a person."""
        end = time.monotonic() + within
        while True:
            found = [each for each in self._world.views.values() if each.user is user and each.open]
            if found:
                return found[-1]
            assert time.monotonic() < end, f"no form is open before {user.name}"
            await asyncio.sleep(POLL_SECONDS)

    async def submit(self, user: User, view: View, values: JSON) -> Interaction:
        """Submit a form; the app may refuse with errors, or put another form in its place."""
        interaction = self._interaction("interactive", user)
        interaction.view = view
        interaction.body = {
            "type": "view_submission",
            **common(user, interaction.trigger_id),
            "view": view_json(view, self._world, filled(view.body, values)),
            "response_urls": [],
        }
        await self._happen(interaction)
        answer = interaction.response
        action = answer.get("response_action")
        if interaction.acknowledged_after is None:
            return interaction
        if action == "errors":
            view.body["_errors"] = answer["errors"]
        elif action in ("update", "push"):
            view.body = answer["view"]
        elif action == "clear" or not action:
            view.open = False
        return interaction

    async def close(self, user: User, view: View) -> Interaction:
        """Dismiss a form."""
        view.open = False
        interaction = self._interaction("interactive", user)
        shown = view_json(view, self._world)
        interaction.body = {"type": "view_closed", **common(user, interaction.trigger_id), "view": shown}
        interaction.body.pop("trigger_id")
        interaction.body["is_cleared"] = False
        return await self._happen(interaction)

    async def open_home(self, user: User, tab: str) -> None:
        """Open the app's home or messages."""
        channel = user.team.open_dm(user)
        event: JSON = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self._world.ts(),
        }
        if (home := self._world.homes.get(user.id)) is not None and tab == "home":
            event["view"] = view_json(home, self._world)
        self.event_of(user.team, event)

    async def stop_session(self, user: User, channel: Channel, thread_ts: str) -> None:
        """Press Stop in the agent view."""
        event = {
            "type": "agent_session_stopped",
            "user": user.id,
            "channel": channel.id,
            "thread_ts": thread_ts,
            "streaming_message_ts": [],
            "event_ts": self._world.ts(),
        }
        self.event_of(user.team, event)

    async def run_step(self, user: User, callback_id: str, inputs: JSON) -> str:
        """A workflow reaches a step of ours; returns the execution's id."""
        execution = self._world.identifier("Fx")
        event = {
            "type": "function_executed",
            "function": {
                "id": self._world.identifier("Fn"),
                "callback_id": callback_id,
                "title": callback_id,
                "description": "",
                "type": "app",
                "input_parameters": [],
                "output_parameters": [],
                "app_id": "A0FAKEAPP01",
                "date_created": 1700000000,
                "date_updated": 1700000000,
                "date_deleted": 0,
            },
            "inputs": inputs,
            "function_execution_id": execution,
            "workflow_execution_id": self._world.identifier("Wx"),
            "event_ts": self._world.ts(),
            "bot_access_token": f"xwfp-{user.team.id}-{execution}",
        }
        self.event_of(user.team, event)
        return execution

    def leave(self, team: Team, *, revoke: bool = True) -> None:
        """Somebody removes the app from a workspace."""
        team.installed = False
        if revoke:
            tokens = {"oauth": [], "bot": [team.bot.id]}
            self.event_of(team, {"type": "tokens_revoked", "tokens": tokens, "event_ts": self._world.ts()})
        self.event_of(team, {"type": "app_uninstalled", "event_ts": self._world.ts()})

    def delete_channel(self, channel: Channel) -> None:
        """A channel goes with all it holds."""
        channel.deleted = True
        kind = "group_deleted" if channel.kind == "group" else "channel_deleted"
        self.event(channel, {"type": kind, "channel": channel.id, "event_ts": self._world.ts()})

    def remove_bot(self, channel: Channel) -> None:
        """Somebody removes the bot from a channel."""
        channel.members.discard(channel.team.bot.id)
        kind = "group_left" if channel.kind == "group" else "channel_left"
        event = {"type": kind, "channel": channel.id, "actor_id": "U0", "event_ts": self._world.ts()}
        self.event_of(channel.team, event)

    def _interaction(self, kind: Any, user: User) -> Interaction:
        trigger = f"{self._world.identifier('')[2:]}.{user.team.id[2:]}.{'0' * 32}"
        interaction = Interaction(trigger_id=trigger, kind=kind, user=user, body={}, opened_at=time.monotonic())
        self._world.interactions[trigger] = interaction
        return interaction

    def _response_url(self, interaction: Interaction) -> str:
        return f"{self._world.base_url}/response/{interaction.trigger_id}"

    async def _happen(self, interaction: Interaction) -> Interaction:
        begun = time.monotonic()

        def heard(answer: JSON | None) -> None:
            if answer is not None:
                interaction.acknowledged_after = time.monotonic() - begun
                interaction.response = answer
            interaction.settled.set()

        self._deliver(interaction.kind, interaction.body, heard)
        await interaction.settled.wait()
        return interaction


def opinion(element: JSON, state: JSON) -> JSON:
    """What is written on the pressed one of two feedback buttons."""
    pair = [element.get(name) for name in ("positive_button", "negative_button")]
    return next(({"text": each["text"]} for each in pair if each and each["value"] == state.get("value")), {})


def mention_event(message: Message) -> JSON:
    """Somebody addressed the bot."""
    event = message_event(message) | {"type": "app_mention"}
    event.pop("channel_type")
    event.pop("subtype", None)
    return event


def withdraw(message: Message, ts: str) -> JSON:
    """Take a message away and tell of it: where replies stand under it, something stays to hold them."""
    before = message_json(message)
    message.deleted = True
    if message.replies:
        message.text, message.blocks, message.files, message.metadata = "", [], [], None
        return changed_event(message, before, ts)
    message.channel.messages.remove(message)
    return deleted_event(message, before, ts)


def upload_of(world: World, user: User, name: str, data: bytes) -> File:
    """A file that a person uploaded."""
    file = File(id=world.identifier("F"), team=user.team, owner=user, name=name, data=data, created=int(world.now()))
    file.mimetype = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    file.uploaded = file.completed = True
    world.files[file.id] = file
    return file


def said(world: World, channel: Channel, author: User, text: str, **more: Any) -> Message:
    """Put a message into a channel."""
    message = Message(channel=channel, ts=world.ts(), author=author, text=text, **more)
    channel.messages.append(message)
    return message
