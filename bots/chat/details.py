"""Everything about one image, for those who may see it: what was asked, drawn, measured, decided and signed."""

from bots.chat.provenance_words import Spelling
from generator.scene import Notice
from storage.records import GenerationRecord
from storage.store import Records

MOST_OBJECTS = 12
MOST_PROMPT = 500  # characters


async def detail_lines(image: GenerationRecord, records: Records, spelling: Spelling) -> tuple[Notice, ...]:
    """One sentence a line."""
    request = image.request
    lines = [
        Notice(key="detail-prompt", args={"prompt": spelling.words(request.prompt[:MOST_PROMPT]) or "—"}),
        Notice(
            key="detail-picture",
            args={
                "width": image.width,
                "height": image.height,
                "style": request.style,
                "seed": str(image.seed),
                "format": image.media_type.rpartition("/")[2],
            },
        ),
        Notice(key="detail-engine", args={"engine": image.engine, "version": image.engine_version}),
    ]
    if image.scene is not None and image.scene.objects:
        names = [f"{item.count} × {item.label or item.kind.value}" for item in image.scene.objects[:MOST_OBJECTS]]
        lines.append(Notice(key="detail-objects", args={"list": spelling.words(", ".join(names))}))
    for line in image.receipt:
        key = {True: "detail-check-passed", False: "detail-check-missed", None: "detail-check-open"}[line.passed]
        args: dict[str, str | int | float] = {
            "check": f"{line.check} {line.target}".strip(),
            "asked": spelling.words(line.asked),
            "measured": spelling.words(line.measured),
        }
        lines.append(Notice(key=key, args=args))
    actions = {verdict.action.value for verdict in image.verdicts}
    lines.append(Notice(key="detail-moderation", args={"actions": ", ".join(sorted(actions)) or "—"}))
    lines.append(Notice(key="detail-credential", args={"manifest": image.credential.manifest}))
    spent = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in image.timings.items())
    if spent:
        lines.append(Notice(key="detail-timings", args={"list": spent}))
    history = await records.history(image.id)
    lines.append(Notice(key="detail-history", args={"count": len(history), "id": image.id}))
    return tuple(lines)
