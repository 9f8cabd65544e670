"""Alt text: what a picture shows, in words, for people who do not see it."""

from bots.replies import say
from generator.request import GenerationRequest
from generator.scene import TRANSPARENT, Kind, Notice, Scene, SceneObject
from moderation.types import Locale

MAX_LENGTH = 1024  # Discord's limit for an attachment description (platforms D18); Slack allows 2,000


def alt_text(request: GenerationRequest, scene: Scene | None, locale: Locale) -> str:
    """One sentence naming the objects, the words to be read and the background; at most 1,024 characters."""
    if scene is None:
        return _cut(say(Notice(key="alt-prompt", args={"prompt": request.prompt}), locale))
    things = [_object(item, locale) for item in scene.objects if item.kind is not Kind.TEXT]
    words = [item.text for item in scene.objects if item.kind is Kind.TEXT and item.text]
    told = [say(Notice(key="alt-things", args={"things": ", ".join(things)}), locale)] if things else []
    told += [say(Notice(key="alt-text", args={"text": text}), locale) for text in words]
    told.append(_background(scene, locale))
    return _cut(" ".join([say(Notice(key="alt-lead"), locale), *told]))


def _object(item: SceneObject, locale: Locale) -> str:
    name = item.label or item.kind.value
    color = item.color or ""
    return say(Notice(key="alt-object", args={"count": item.count, "name": name, "color": color}), locale).strip()


def _background(scene: Scene, locale: Locale) -> str:
    if scene.background == TRANSPARENT:
        return say(Notice(key="alt-transparent"), locale)
    shown = scene.background if isinstance(scene.background, str) else " → ".join(scene.background)
    return say(Notice(key="alt-background", args={"background": shown}), locale)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1]}…"
