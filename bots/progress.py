"""How far each running job is, in this process. Nothing durable: after a restart it starts again at the next step."""

import math
from dataclasses import dataclass

from generator.engine import Progress
from generator.scene import Notice

# Where each step begins on the way from 0 to 1; measured shares of a typical job.
_BEGINS = {
    "gather": 0.0,
    "wait": 0.02,
    "admit": 0.05,
    "plan": 0.1,
    "moderate_plan": 0.15,
    "debit": 0.18,
    "generate": 0.2,
    "measure": 0.6,
    "letter": 0.75,
    "moderate_output": 0.8,
    "record": 0.9,
    "close": 0.98,
}
_STAGES = {
    "gather": "stage-reading",
    "wait": "stage-waiting",
    "admit": "stage-checking",
    "plan": "stage-planning",
    "moderate_plan": "stage-checking",
    "debit": "stage-planning",
    "generate": "stage-drawing",
    "measure": "stage-measuring",
    "letter": "stage-drawing",
    "moderate_output": "stage-checking",
    "record": "stage-signing",
    "close": "stage-signing",
}


_COARSE = 10  # seconds; what takes longer is told in steps of five

_WAITING = "waiting"  # the stage of an engine that draws others' images first


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a job is.

    Attributes:
        stage: A key of the message catalogue.
        fraction: From 0 to 1.
        place: Its place in the engine's line, 1 being the next one; None while it is not waiting there.
        seconds: About so many until it is drawn; None where nobody knows.
    """

    stage: str
    fraction: float
    place: int | None = None
    seconds: int | None = None

    @property
    def words(self) -> Notice:
        """What people are told."""
        if self.place is not None and self.seconds is not None:
            return Notice(key="stage-in-line-for", args={"place": self.place, "seconds": self.seconds})
        if self.place is not None:
            return Notice(key="stage-in-line", args={"place": self.place})
        if self.seconds is not None:
            return Notice(key="stage-drawing-for", args={"seconds": self.seconds})
        return Notice(key=self.stage)


class ProgressBoard:
    """Where running jobs write how far they are, and whoever shows it looks."""

    def __init__(self) -> None:
        self._jobs: dict[str, Standing] = {}
        self._previews: dict[str, bytes] = {}

    def stage(self, job: str, step: str) -> None:
        """A step begins; ``close`` takes the job off the board."""
        name = step.partition("/")[0]
        if name != "generate":
            self._previews.pop(job, None)
        if name == "close":
            self._jobs.pop(job, None)
        elif name in _STAGES:
            self._jobs[job] = Standing(stage=_STAGES[name], fraction=_BEGINS[name])

    def remove(self, job: str) -> None:
        """The job has ended, however it did."""
        self._jobs.pop(job, None)
        self._previews.pop(job, None)

    def drawing(self, job: str, progress: Progress) -> None:
        """The engine reports. Its preview is not looked at: see ``show``."""
        if job not in self._jobs:
            return
        start, end = _BEGINS["generate"], _BEGINS["measure"]
        share = min(1.0, max(0.0, progress.fraction))
        place = progress.place if progress.stage == _WAITING else None
        self._jobs[job] = Standing(
            stage="stage-drawing",
            fraction=start + share * (end - start),
            place=None if place is None else max(0, place) + 1,
            seconds=_told(progress.seconds),
        )

    def show(self, job: str, preview: bytes | None) -> None:
        """What is being drawn, a PNG that moderation let pass; None takes an earlier one back."""
        if preview is None or job not in self._jobs:
            self._previews.pop(job, None)
        else:
            self._previews[job] = preview

    def preview(self, job: str) -> bytes | None:
        """The newest picture of what is being drawn, if there is one that may be shown."""
        return self._previews.get(job)

    def standing(self, job: str) -> Standing | None:
        """How far the job is; None when it is not running here."""
        return self._jobs.get(job)


def _told(seconds: float | None) -> int | None:
    """Whole seconds, never too few; coarse, for a forecast that changes with every look reads like a countdown."""
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return None
    whole = math.ceil(seconds)
    return whole if whole <= _COARSE else 5 * math.ceil(whole / 5)
