"""Korean without spaces is cut into the words of the grammar, and into nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.planning.grammar.spacing import spaced


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("차를노란색으로바꿔줘", "차를 노란색으로 바꿔줘"),
        ("나무를더크게해줘", "나무를 더 크게 해줘"),
        ("빨간사과세개랑파란차그려줘", "빨간 사과 세개랑 파란 차 그려줘"),
        ("비빔밥그려줘", "비빔밥 그려줘"),
        ("사과나무그려줘", "사과나무 그려줘"),
        ("되돌려줘", "되돌려줘"),
        ("감사합니다", "감사합니다"),
        ("파란색에서 분홍색까지", "파란색에서 분홍색까지"),
    ],
)
def test_words_typed_together_are_cut_apart(typed: str, meant: str):
    assert spaced(typed) == meant


@given(st.text(alphabet="가나다라차사과를을그려줘빨간 a", max_size=60))
def test_cutting_adds_spaces_and_changes_no_letter(text: str):
    assert spaced(text).replace(" ", "") == text.replace(" ", "")
