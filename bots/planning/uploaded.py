"""The uploads that a turn means, as a request's references."""

from bots.conversation import Conversation
from bots.planning.grammar.uploads import Uploads, take_uploads
from bots.planning.options import Extracted
from generator.request import MAX_REFERENCES, Reference, ReferenceRole


def uploads_of(conversation: Conversation, options: Extracted) -> Uploads:
    """What the words without options say about the newest turn's uploads, or about those of an earlier turn."""
    fresh = tuple(one.digest for one in conversation.newest.attachments)
    earlier: tuple[str, ...] = next(
        (
            tuple(one.digest for one in turn.attachments)
            for turn in reversed(conversation.turns[:-1])
            if turn.attachments
        ),
        (),
    )
    return take_uploads(options.rest, fresh, earlier)


def references_of(uploads: Uploads) -> tuple[Reference, ...]:
    """One for each use; an image may be placed and give its colours as well."""
    chosen = [Reference(digest=digest, role=role) for digest, role in uploads.roles.items()]
    placed = [
        Reference(digest=digest, role=ReferenceRole.OBJECT)
        for digest in uploads.placed
        if uploads.roles.get(digest) is not ReferenceRole.OBJECT
    ]
    return (*chosen, *placed)[:MAX_REFERENCES]
