"""Buttons and commands that say what they want without words: vary, retry, upscale, blend."""

from bots.conversation import Conversation
from bots.planning import again
from bots.planning.collage import blend
from bots.planning.neural import Neural
from bots.planning.options import extract
from bots.planning.plan import Plan
from bots.planning.targets import find_target
from generator.engine import Capabilities
from generator.scene import Notice


def plan_act(conversation: Conversation, capabilities: Capabilities | None) -> Plan | None:
    """The plan of the newest turn's act; None when its words say what is to be done."""
    action = conversation.options.action
    if action is None or action == "revise":  # how to revise is in the words
        return None
    neural = Neural(capabilities) if capabilities is not None and capabilities.neural else None
    if action == "blend":
        return blend(conversation) if neural is None else neural.blend(conversation)
    source = find_target(conversation, "").record
    if source is None or source.scene is None:
        return Plan(outcome="question", words=Notice(key="no-image-to-vary"))
    if action == "retry":
        return (neural or again).retry(conversation, source)
    if action == "upscale":
        return again.upscale(conversation, source, capabilities)
    options = extract(conversation.newest.text, conversation.locale, conversation.options)
    if options.invalid is not None:
        return Plan(outcome="invalid", words=options.invalid)
    return (neural or again).vary(conversation, source, options, conversation.newest.text)
