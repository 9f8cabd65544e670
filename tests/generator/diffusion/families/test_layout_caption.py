"""Layout captions: every thing is cited and has a row, whatever it is called."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from generator.diffusion.families.layout_caption import layout_caption, rows_of
from generator.prompting.wording import LayoutBox

BOXES = st.lists(
    st.builds(
        LayoutBox, words=st.text(max_size=40), box=st.tuples(*[st.floats(-0.5, 1.5, allow_nan=False) for _ in range(4)])
    ),
    min_size=1,
    max_size=12,
)


def test_a_thing_is_cited_by_its_noun_and_placed_in_thousandths() -> None:
    boxes = (
        LayoutBox(words="a red hat", box=(0.1, 0.2, 0.5, 0.6)),
        LayoutBox(words="a blue hat", box=(0.6, 0.2, 0.9, 0.6)),
    )

    caption = layout_caption("two hats on a table", boxes)

    assert caption == (
        "two hats on a table In the picture: a red hat <hat_1>, a blue hat <hat_2>. "
        '[{"id": "hat_1", "bbox": [200, 100, 600, 500], "desc": "a red hat"}, '
        '{"id": "hat_2", "bbox": [200, 600, 600, 900], "desc": "a blue hat"}]'
    )


def test_without_boxes_the_words_stay_as_they_are() -> None:
    assert layout_caption("a cat [sic] <3", ()) == "a cat [sic] <3"


@given(prompt=st.text(max_size=80), boxes=BOXES)
def test_whatever_the_words_every_row_is_cited_once_and_lies_on_the_canvas(prompt: str, boxes: list[LayoutBox]) -> None:
    caption = layout_caption(prompt, boxes)
    words, table = caption[: caption.index("[")], json.loads(caption[caption.index("[") :])

    assert [row["id"] for row in table] == re.findall(r"<([^<>]*)>", words)
    assert len({row["id"] for row in table}) == len(boxes)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", row["id"]) for row in table)
    assert all(0 <= side <= 1000 for row in table for side in row["bbox"])
    assert [row["id"] for row in rows_of(boxes)] == [row["id"] for row in table]
