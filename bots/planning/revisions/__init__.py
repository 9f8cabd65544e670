"""From words to a changed scene: which object is meant, what is done to it, what is told about it."""

from bots.planning.revisions.editor import Editor, clear_boxes
from bots.planning.revisions.revise import Revised, revise

__all__ = ["Editor", "Revised", "clear_boxes", "revise"]
