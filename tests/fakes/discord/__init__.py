"""A working fake Discord over loopback, for the real discord.py client: API, gateway, CDN, and people to talk to the bot."""

from tests.fakes.discord.interactions import Interaction, Modal
from tests.fakes.discord.model import Attachment, Channel, Guild, Message, Role, User
from tests.fakes.discord.people import NotPossibleError
from tests.fakes.discord.server import FakeDiscord, Recorded

__all__ = [
    "Attachment",
    "Channel",
    "FakeDiscord",
    "Guild",
    "Interaction",
    "Message",
    "Modal",
    "NotPossibleError",
    "Recorded",
    "Role",
    "User",
]
