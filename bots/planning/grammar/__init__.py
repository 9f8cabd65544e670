"""From words to a scene, in English and Korean, without a model.

``read_scene`` reads a text into a ``Draft``; ``place_scene`` makes a scene of it, ``notices`` tells what is missing.
"""

from bots.planning.grammar.draft import Draft, Phrase
from bots.planning.grammar.sentence import notices, place_scene, read_scene

__all__ = ["Draft", "Phrase", "notices", "place_scene", "read_scene"]
