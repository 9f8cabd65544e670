"""A working Slack on loopback: Web API, Socket Mode, events by HTTP, files, forms, OAuth, people, troubles."""

from tests.fakes.slack.faults import Faults
from tests.fakes.slack.model import Channel, File, Interaction, Message, Request, Sent, Team, User, View
from tests.fakes.slack.server import FakeSlack

__all__ = [
    "Channel",
    "FakeSlack",
    "Faults",
    "File",
    "Interaction",
    "Message",
    "Request",
    "Sent",
    "Team",
    "User",
    "View",
]
