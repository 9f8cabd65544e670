"""Forms as people fill them in: what Slack sends back of each field."""

from typing import Any

from tests.fakes.slack.model import File
from tests.fakes.slack.payloads import file_json

JSON = dict[str, Any]


def filled(view: JSON, values: JSON) -> JSON:
    """The state of a form: what was filled in, by block id or action id, else what it began with."""
    state: JSON = {}
    for block in view.get("blocks", []):
        if block["type"] != "input":
            continue
        element = block["element"]
        given = values.get(block.get("block_id", ""), values.get(element["action_id"]))
        entry = state_of(element, given)
        state.setdefault(block.get("block_id", element["action_id"]), {})[element["action_id"]] = entry
    return state


def state_of(element: JSON, given: Any) -> JSON:
    """What an input element holds."""
    kind = element["type"]
    entry: JSON = {"type": kind}
    if kind in ("plain_text_input", "number_input"):
        entry["value"] = element.get("initial_value") if given is None else str(given)
    elif kind in ("static_select", "radio_buttons"):
        options = element.get("options", []) + [
            option for group in element.get("option_groups", []) for option in group["options"]
        ]
        chosen = next((each for each in options if each["value"] == given), None)
        assert given is None or chosen is not None, f"{given} is not offered: {[each['value'] for each in options]}"
        entry["selected_option"] = chosen or element.get("initial_option")
    elif kind == "checkboxes":
        wanted = given or []
        entry["selected_options"] = [each for each in element["options"] if each["value"] in wanted]
    elif kind in ("conversations_select", "channels_select"):
        name = f"selected_{kind.split('_')[0].rstrip('s')}"
        entry[name] = given or element.get(f"initial_{kind.split('_')[0].rstrip('s')}")
    elif kind in ("multi_conversations_select", "multi_channels_select"):
        name = f"selected_{kind.split('_')[1]}"
        entry[name] = element.get(f"initial_{kind.split('_')[1]}", []) if given is None else given
    elif kind == "file_input":
        entry["files"] = [file_json(each) if isinstance(each, File) else each for each in given or []]
    else:
        raise AssertionError(f"nobody can fill in a {kind}")
    return entry
