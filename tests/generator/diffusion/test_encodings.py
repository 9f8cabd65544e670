"""What is kept of prompts and references: the ones used last, within a limit of bytes."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from generator.diffusion.encodings import Encodings

FLOAT = 4  # bytes


def made(calls: list[str], name: str, floats: int = 10) -> Callable[[], torch.Tensor]:
    def make() -> torch.Tensor:
        calls.append(name)
        return torch.zeros(floats)

    return make


def test_what_was_made_once_is_not_made_again() -> None:
    encodings = Encodings(1000)
    calls: list[str] = []

    first = encodings.get("a", made(calls, "a"))
    second = encodings.get("a", made(calls, "a"))

    assert second is first
    assert calls == ["a"]


def test_the_one_that_was_not_used_for_longest_is_forgotten_first() -> None:
    encodings = Encodings(2 * 10 * FLOAT)
    calls: list[str] = []
    for name in ("a", "b", "a", "c"):
        encodings.get(name, made(calls, name))

    for name in ("a", "c", "b"):
        encodings.get(name, made(calls, name))

    assert calls == ["a", "b", "c", "b"]


def test_what_is_larger_than_the_limit_is_given_and_displaces_nothing() -> None:
    encodings = Encodings(10 * FLOAT)
    calls: list[str] = []
    encodings.get("small", made(calls, "small"))

    large = encodings.get("large", made(calls, "large", floats=11))
    encodings.get("small", made(calls, "small"))

    assert large.numel() == 11
    assert calls == ["small", "large"]


def test_nothing_is_kept_of_what_could_not_be_made() -> None:
    encodings = Encodings(1000)
    calls: list[str] = []

    def break_() -> torch.Tensor:
        raise RuntimeError("no encoder")

    with pytest.raises(RuntimeError, match="no encoder"):
        encodings.get("a", break_)
    encodings.get("a", made(calls, "a"))

    assert calls == ["a"]


def test_tensors_inside_of_tuples_and_lists_count() -> None:
    encodings = Encodings(3 * 10 * FLOAT)
    calls: list[str] = []

    def make() -> tuple[list[torch.Tensor], torch.Tensor]:
        calls.append("pair")
        return [torch.zeros(10), torch.zeros(10)], torch.zeros(11)

    encodings.get("pair", make)
    encodings.get("pair", make)

    assert calls == ["pair", "pair"]  # together they were beyond the limit


def test_two_that_make_the_same_one_side_by_side_leave_room_for_another() -> None:
    encodings = Encodings(2 * 10 * FLOAT)
    calls: list[str] = []

    def make() -> torch.Tensor:  # while it waits for the encoder, another request asks for the same
        encodings.get("a", made(calls, "inner"))
        return torch.zeros(10)

    encodings.get("a", make)
    encodings.get("b", made(calls, "b"))
    encodings.get("a", made(calls, "again"))

    assert calls == ["inner", "b"]


def test_clearing_forgets_everything() -> None:
    encodings = Encodings(1000)
    calls: list[str] = []
    encodings.get("a", made(calls, "a"))

    encodings.clear()
    encodings.get("a", made(calls, "a"))

    assert calls == ["a", "a"]


@given(most=st.integers(0, 240), sizes=st.lists(st.integers(1, 9), max_size=30))
def test_never_more_bytes_are_kept_than_allowed(most: int, sizes: list[int]) -> None:
    encodings = Encodings(most)
    for size in sizes:
        encodings.get(size, made([], "", floats=size))
    again: list[str] = []

    kept = 0
    for size in set(sizes):
        before = len(again)
        found = encodings.get(size, made(again, "missing", floats=0))
        kept += found.nbytes if len(again) == before else 0

    assert kept <= most
