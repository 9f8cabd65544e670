"""Layout captions: what FLUX.3 reads of where things are to stand.

A caption that cites each thing by its id in angle brackets, followed by a table of ids, boxes and descriptions, as the
prompt upsampler of FLUX.3 Image Klein writes it (diffusers 0.42.1, ``modular_pipelines/flux3/prompt_upsampler.py``).
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from generator.prompting.wording import LayoutBox

_CANVAS: Final = 1000  # boxes of the table are in thousandths of the canvas
_MARKS: Final = str.maketrans({"<": "(", ">": ")", "[": "(", "]": ")"})
_NO_LETTER: Final = re.compile(r"[^A-Za-z]+")


def rows_of(boxes: Sequence[LayoutBox]) -> list[dict[str, Any]]:
    """Boxes as the pipeline's ``boxes``: an id, a description, and (y_min, x_min, y_max, x_max) as shares."""
    counts: dict[str, int] = {}
    rows = []
    for one in boxes:
        noun = _NO_LETTER.sub(" ", one.words).split()
        name = noun[-1].lower() if noun else "object"  # the last word of a description is what it is of
        counts[name] = counts.get(name, 0) + 1
        x0, y0, x1, y1 = one.box
        rows.append({"id": f"{name}_{counts[name]}", "desc": one.words.translate(_MARKS), "bbox": [y0, x0, y1, x1]})
    return rows


def layout_caption(prompt: str, boxes: Sequence[LayoutBox]) -> str:
    """The words with each thing's id and the table behind them; without boxes the words alone."""
    if not boxes:
        return prompt
    rows = rows_of(boxes)
    cited = ", ".join(f"{row['desc']} <{row['id']}>" for row in rows)
    table = [
        {
            "id": row["id"],
            "bbox": [round(min(1.0, max(0.0, side)) * _CANVAS) for side in row["bbox"]],
            "desc": row["desc"],
        }
        for row in rows
    ]
    return f"{prompt.translate(_MARKS)} In the picture: {cited}. {json.dumps(table, ensure_ascii=False)}"
