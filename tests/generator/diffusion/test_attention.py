"""Attention within the requests of a pack equals one masked attention over all of them."""

from itertools import accumulate

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diffusion.attention import Segments, attend, owners, placed

CPU = torch.device("cpu")
LENGTHS = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple)


def tokens(lengths: tuple[int, ...], heads: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    query, key, value = torch.randn(3, sum(lengths), heads, 8, generator=generator)
    return query, key, value


def masked(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, lengths: tuple[int, ...]) -> torch.Tensor:
    """One attention over everything, in which a mask shows each token its own segment only."""
    which = torch.tensor([index for index, length in enumerate(lengths) for _ in range(length)])
    query, key, value = (each.transpose(0, 1) for each in (query, key, value))
    seen = which[:, None] == which[None]
    return F.scaled_dot_product_attention(query, key, value, attn_mask=seen).transpose(0, 1)


@settings(deadline=None)
@given(lengths=LENGTHS, heads=st.integers(1, 3), seed=st.integers(0, 99))
def test_segments_attend_as_one_masked_attention_does(lengths: tuple[int, ...], heads: int, seed: int) -> None:
    given_ = tokens(lengths, heads, seed)

    found = attend(*given_, Segments.of(lengths, CPU))

    torch.testing.assert_close(found, masked(*given_, lengths), atol=1e-6, rtol=1e-5)


def test_segments_that_are_cut_elsewhere_give_something_else() -> None:
    given_ = tokens((5, 3), 2, 1)

    found = attend(*given_, Segments.of((4, 4), CPU))

    assert (found - masked(*given_, (5, 3))).abs().max() > 0.01


def test_a_token_of_another_segment_changes_nothing() -> None:
    query, key, value = tokens((5, 3), 2, 1)
    segments = Segments.of((5, 3), CPU)
    before = attend(query, key, value, segments)
    key[6], value[6] = 9.0, 9.0

    after = attend(query, key, value, segments)

    assert torch.equal(after[:5], before[:5])
    assert not torch.equal(after[5:], before[5:])


@given(lengths=LENGTHS)
def test_offsets_say_where_segments_begin_and_end(lengths: tuple[int, ...]) -> None:
    segments = Segments.of(lengths, CPU)

    assert segments.offsets.tolist() == [0, *accumulate(lengths)]
    assert segments.offsets.dtype == torch.int32  # what the kernel reads
    assert segments.longest == max(lengths)


@given(lengths=LENGTHS)
def test_every_token_has_the_request_in_whose_segment_it_lies_as_its_owner(lengths: tuple[int, ...]) -> None:
    found = owners(lengths, CPU)

    assert [int((found == index).sum()) for index in range(len(lengths))] == list(lengths)
    assert torch.equal(found, found.sort().values)


@pytest.mark.parametrize("lengths", [(), (3, 0), (-1, 2)])
def test_segments_without_tokens_are_refused(lengths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="tokens"):
        Segments.of(lengths, CPU)


def test_small_tensors_stay_as_they_are_where_they_already_are() -> None:
    values = torch.arange(3)

    assert placed(values, CPU) is values
