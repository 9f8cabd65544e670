"""Where discord.py 2.7.1 differs from Discord's OpenAPI document, and why Discord takes it nevertheless.

Each difference is one schema made wider in one place. A test takes them away one by one and sees a request of discord.py
refused, so none stays here longer than the client needs it.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One property of one schema that a client fills differently.

    Attributes:
        name: What the client does.
        reason: Why it is no defect of the bot.
        schema: The schema's name in the document.
        property: The property's name.
        allows: What the property may be instead.
    """

    name: str
    reason: str
    schema: str
    property: str
    allows: dict[str, Any]

    def apply(self, document: dict[str, Any]) -> None:
        """Allow it in a document that is being prepared."""
        document["components"]["schemas"][self.schema]["properties"][self.property] = self.allows


QUIRKS = (
    Quirk(
        name="integer attachment ids",
        reason="discord.py numbers the files of a request with integers (http.py handle_message_parameters); "
        "Discord's documents show such requests themselves and Discord reads both",
        schema="MessageAttachmentRequest",
        property="id",
        allows={"anyOf": [{"$ref": "#/components/schemas/SnowflakeType"}, {"type": "integer", "minimum": 0}]},
    ),
    Quirk(
        name="tts on edit",
        reason="handle_message_parameters writes tts into every payload, edits too; Discord ignores it there",
        schema="MessageEditRequestPartial",
        property="tts",
        allows={"const": False},
    ),
)
