"""What every part of a picture needs to know of the whole: size, background, style, and a place to report to."""

from dataclasses import dataclass, field

from generator.colors import DARK_INK, mix, parse_color, readable_ink
from generator.scene import TRANSPARENT, Background, Box, Notice, Scene
from generator.sketch.text import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The sheet that is drawn on. ``background`` is a checked color, a pair of them, or ``transparent``."""

    width: int
    height: int
    background: Background
    style: str

    @classmethod
    def of(cls, scene: Scene) -> "Canvas":
        """The canvas of a scene; a background that is no color becomes white."""
        return cls(
            width=scene.width, height=scene.height, background=checked_background(scene.background), style=scene.style
        )

    @property
    def unit(self) -> float:
        """One percent of the shorter side, in px: what borders and gaps are measured in."""
        return 0.01 * min(self.width, self.height)

    def behind(self, box: Box) -> str | None:
        """The background color at the middle of a box; None where it is transparent."""
        if isinstance(self.background, tuple):
            share = min(1.0, max(0.0, (box[1] + box[3]) / 2 / self.height))
            return mix(self.background[0], self.background[1], round(share, 3))
        return None if self.background == TRANSPARENT else self.background

    def ink(self, box: Box) -> str:
        """A color that reads well on the background at this box."""
        behind = self.behind(box)
        return DARK_INK if behind is None else readable_ink(behind)


@dataclass(slots=True)
class Report:
    """What could not be drawn as asked; filled while drawing, read as notices afterwards."""

    missing: set[str] = field(default_factory=set)
    shortened: set[str] = field(default_factory=set)
    undrawable: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)

    def note(self, block: Block, name: str) -> Block:
        """Remember what is missing in a block of text; returns the block."""
        self.missing |= block.missing
        if block.shortened:
            self.shortened.add(name)
        return block

    def notices(self) -> tuple[Notice, ...]:
        """All of it, in a stable order."""
        found = []
        if self.missing:
            found.append(Notice(key="missing-glyph", args={"characters": " ".join(sorted(self.missing)[:40])}))
        found += [Notice(key="text-shortened", args={"text": name}) for name in sorted(self.shortened)]
        found += [Notice(key="art-missing", args={"object": name}) for name in sorted(self.undrawable)]
        found += [Notice(key="image-missing", args={"object": name}) for name in sorted(self.unreadable)]
        return tuple(found)


def checked_background(background: Background) -> Background:
    """The background with parsed colors."""
    if isinstance(background, tuple):
        return (parse_color(background[0]) or "#ffffff", parse_color(background[1]) or "#ffffff")
    return background if background == TRANSPARENT else parse_color(background) or "#ffffff"
