"""Buttons, forms, commands and shortcuts on the fake Slack: real bolt, real sockets, no line.

Jobs are only opened here; what they are asked to do is seen in the orders that are submitted.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bots.chat.cards import Card, presses_of
from bots.order import Order
from bots.session import Session
from bots.slack import interactions
from bots.slack.layout import blocks
from bots.slack.where import split_message
from storage.chats import TurnRecord
from storage.records import GenerationRecord
from tests.fakes.slack import Channel, Interaction, Message, User, View
from tests.slack.pages import SCHEMAS, Stage, complaints, pages

TEAM_ELSEWHERE = "slack:T0ELSEWHERE"


@dataclass(slots=True, kw_only=True)
class Shown:
    """An image and the message of ours that shows it."""

    image: GenerationRecord
    message: Message


@dataclass(slots=True, kw_only=True)
class Hands:
    """What people do on a stage, and what came of it."""

    stage: Stage
    orders: list[Order] = field(default_factory=list)
    turns: list[TurnRecord] = field(default_factory=list)

    async def shown(self, author: User, number: int, prompt: str = "a red hat", **more: Any) -> Shown:
        """An image of somebody's, answered in a thread, with its buttons."""
        image = await self.stage.draw(author, number, prompt, **more)
        message = await self.message_of(image)
        app = self.stage.app
        card = Card(locale="en", words="done", images=(image,), presses=presses_of(image, app.engine.capabilities))
        message.blocks = blocks(card, ())
        return Shown(image=image, message=message)

    async def message_of(self, image: GenerationRecord) -> Message:
        """The message in which the answer stands."""
        post = await self.stage.app.chats.post(image.job)
        assert post is not None
        assert post.message is not None
        _, channel, ts = split_message(post.message)
        return self.stage.team.channels[channel].message(ts)

    async def told(self, interaction: Interaction) -> list[str]:
        """What somebody was told alone after an interaction: with it, beside the message, by its address."""
        await self.stage.parts.later.settle()
        own = [interaction.response["text"]] if interaction.response.get("text") else []
        beside = [each["text"] for each in self.stage.fake.ephemerals if each["user"] == interaction.user.id]
        return own + [each["text"] for each in interaction.told] + beside

    @property
    def order(self) -> Order:
        """The only order."""
        assert len(self.orders) == 1, self.orders
        return self.orders[0]

    async def opened(self, user: User) -> View:
        """The form that is open before somebody, which Slack would show."""
        view = await user.view()
        assert not SCHEMAS.exists() or complaints("views.open", {"trigger_id": "1.2.3", "view": view.body}) == []
        return view

    def bot_messages(self, channel: Channel) -> list[Message]:
        """What the bot said in a channel and stands."""
        return self.stage.fake.messages_of_bot(channel)


@asynccontextmanager
async def hands_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    """A stage whose orders are kept as they are submitted."""
    async with pages(folder) as stage:
        hands = Hands(stage=stage)
        submit = Session.submit

        async def kept(self: Session, order: Order, turn: TurnRecord | None = None) -> None:
            await submit(self, order, turn)
            hands.orders.append(order)
            if turn is not None:
                hands.turns.append(turn)

        monkeypatch.setattr(Session, "submit", kept)
        interactions.install(stage.bolt, stage.parts)
        yield hands
