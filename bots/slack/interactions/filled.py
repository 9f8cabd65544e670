"""What was filled into a form. Slack says what it let people choose; it is read as if anybody could have written it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from bots.slack.interactions.forms import LONGEST_PROMPT, MOST_FILES, Field
from bots.slack.parse import references
from storage.turns import AttachmentRef

_CHANNEL: Final = re.compile(r"[CDG][A-Z0-9]{1,40}")


class Filled:
    """The fields of a submitted form.

    Args:
        view: As Slack sent it.
    """

    def __init__(self, view: Mapping[str, Any]) -> None:
        state = view.get("state")
        values = state.get("values") if isinstance(state, Mapping) else None
        self._values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}

    def text(self, field: Field) -> str:
        """Words; empty if there are none."""
        value = self._entry(field).get("value")
        return value[:LONGEST_PROMPT].strip() if isinstance(value, str) else ""

    def choice(self, field: Field) -> str | None:
        """The chosen option."""
        option = self._entry(field).get("selected_option")
        value = option.get("value") if isinstance(option, Mapping) else None
        return value if isinstance(value, str) and len(value) <= 100 else None

    def channel(self, field: Field) -> str | None:
        """The chosen channel."""
        value = self._entry(field).get("selected_conversation")
        return value if isinstance(value, str) and _CHANNEL.fullmatch(value) else None

    def files(self, field: Field) -> tuple[AttachmentRef, ...]:
        """The uploaded files, not read yet."""
        return references(self._entry(field).get("files"))[:MOST_FILES]

    def _entry(self, field: Field) -> Mapping[str, Any]:
        block = self._values.get(field)
        entry = block.get(field) if isinstance(block, Mapping) else None
        return entry if isinstance(entry, Mapping) else {}
