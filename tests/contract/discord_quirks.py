"""Where requests may or must differ from what Discord's OpenAPI document says, each with its reason.

Owns: two lists. ``QUIRKS`` is where discord.py 2.7.1 writes what the document does not have and Discord takes it
nevertheless; a test takes them away one by one and sees a request of discord.py refused, so none stays longer than the
client needs it. ``LIMITS`` is where Discord is stricter than its document, by its own written reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SNOWFLAKE = {"$ref": "#/components/schemas/SnowflakeType"}
_NUMBER = {"type": "integer", "minimum": 0, "maximum": (1 << 63) - 1}
_EITHER = {"anyOf": [_SNOWFLAKE, _NUMBER]}
_EDITS = (
    "MessageEditRequestPartial",
    "IncomingWebhookUpdateRequestPartial",
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """One difference to the document.

    Attributes:
        name: What is different.
        reason: Why that is right.
        places: By JSON pointer what stands there instead; ``-`` at the end of a pointer appends to a list.
    """

    name: str
    reason: str
    places: Mapping[str, Any]

    def apply(self, document: dict[str, Any]) -> None:
        """Make the difference in a document that is being prepared.

        Raises:
            LookupError: The document has no such place; it is another one than this was written for.
        """
        for pointer, value in self.places.items():
            *steps, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
            holder: Any = document
            for step in steps:
                holder = holder[step]
            if last == "-":
                holder.append(value)
            else:
                holder[last] = value


def _property(schema: str, name: str) -> str:
    return f"/components/schemas/{schema}/properties/{name}"


QUIRKS = (
    Amendment(
        name="integer attachment ids",
        reason="the files of a request, and attachments that are kept, are named by integers "
        "(http.handle_message_parameters, Attachment.to_dict); Discord's own examples do it too",
        places={_property("MessageAttachmentRequest", "id"): _EITHER},
    ),
    Amendment(
        name="kept attachments in full",
        reason="Attachment.to_dict repeats what Discord said of an attachment that an edit keeps; Discord reads the id",
        places={
            _property("MessageAttachmentRequest", name): True
            for name in ("content_type", "height", "proxy_url", "size", "spoiler", "url", "width")
        },
    ),
    Amendment(
        name="tts on edit",
        reason="http.handle_message_parameters writes tts into every payload, also where only a new message has one",
        places={_property(schema, "tts"): {"const": False} for schema in (*_EDITS, "BaseCreateMessageCreateRequest")},
    ),
    Amendment(
        name="integer ids of who may be pinged",
        reason="AllowedMentions.to_dict writes user ids as integers",
        places={_property("MessageAllowedMentionsRequest", "users") + "/items": _EITHER},
    ),
    Amendment(
        name="integer ids in a reference",
        reason="MessageReference.to_dict and PartialMessage.to_reference write integers",
        places={
            _property("MessageReferenceRequest", name): _EITHER for name in ("channel_id", "guild_id", "message_id")
        },
    ),
    Amendment(
        name="integer id of a recipient",
        reason="http.start_private_message writes an integer",
        places={_property("CreatePrivateChannelRequest", "recipient_id"): _EITHER},
    ),
    Amendment(
        name="flags of an embed",
        reason="Embed.to_dict repeats a field that only Discord sets; Discord ignores it",
        places={_property("RichEmbed", "flags"): {"const": 0}},
    ),
    Amendment(
        name="nsfw on commands",
        reason="a documented field of commands (Discord's reference, Application Command Object) that the document lacks",
        places={_property("ApplicationCommandUpdateRequest", "nsfw"): {"type": "boolean"}},
    ),
    Amendment(
        name="nested fields of a forum's post",
        reason="http.start_thread_in_forum asks for the message as a field of the thread; the body is as documented",
        places={
            "/paths/~1channels~1{channel_id}~1threads/post/parameters": [
                {"name": "use_nested_fields", "in": "query", "schema": {"const": "1"}}
            ]
        },
    ),
)

LIMITS = (
    Amendment(
        name="2 000 characters of content",
        reason="the document says 4 000, which is what subscribers may write; bots get 2 000 (Discord's reference, Message)",
        places={
            _property(schema, "content"): {"type": ["string", "null"], "maxLength": 2000}
            for schema in ("MessageCreateRequest", "BaseCreateMessageCreateRequest", "MessageEditRequestPartial")
        },
    ),
)
