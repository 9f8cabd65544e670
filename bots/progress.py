"""How far each running job is, in this process. Nothing durable: after a restart it starts again at the next step."""

from dataclasses import dataclass

from generator.engine import Progress

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
    "moderate_output": "stage-checking",
    "record": "stage-signing",
    "close": "stage-signing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``stage`` is a key of the message catalogue, ``fraction`` goes from 0 to 1."""

    stage: str
    fraction: float


class ProgressBoard:
    """Where running jobs write how far they are, and whoever shows it looks."""

    def __init__(self) -> None:
        self._jobs: dict[str, Standing] = {}

    def stage(self, job: str, step: str) -> None:
        """A step begins; ``close`` takes the job off the board."""
        name = step.partition("/")[0]
        if name == "close":
            self._jobs.pop(job, None)
        elif name in _STAGES:
            self._jobs[job] = Standing(stage=_STAGES[name], fraction=_BEGINS[name])

    def remove(self, job: str) -> None:
        """The job has ended, however it did."""
        self._jobs.pop(job, None)

    def drawing(self, job: str, progress: Progress) -> None:
        """The engine reports."""
        if job not in self._jobs:
            return
        start, end = _BEGINS["generate"], _BEGINS["measure"]
        share = min(1.0, max(0.0, progress.fraction))
        self._jobs[job] = Standing(stage="stage-drawing", fraction=start + share * (end - start))

    def standing(self, job: str) -> Standing | None:
        """How far the job is; None when it is not running here."""
        return self._jobs.get(job)
