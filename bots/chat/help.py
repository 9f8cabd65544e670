"""What the bot can do, in words that any chat can show."""

from typing import Final

from bots.app import App
from generator.scene import Notice

TOPICS: Final = ("draw", "revise", "buttons", "check", "limits", "privacy")


def help_lines(app: App) -> tuple[Notice, ...]:
    """An introduction, one paragraph per topic, and what the engine of this installation is."""
    return (
        Notice(key="help-intro"),
        *(Notice(key=f"help-{topic}") for topic in TOPICS),
        Notice(key="help-engine", args={"engine": app.settings.engine.kind}),
    )
