"""Words for the text encoders of the Qwen kind, which all of the packed families have: harmless, and counted."""

import copy
from typing import Any


def plain(words: str) -> str:
    """Words in which nothing is a control token of Qwen's tokenizers, such as the place of an image."""
    return words.replace("<|", "< |")


def keep_counting(pipeline: Any, tokenizer: Any) -> Any:
    """Give a pipeline a tokenizer for ``count``: one that encodes in another thread must not be used."""
    vars(pipeline)["counting"] = copy.deepcopy(tokenizer)
    return pipeline


def count(pipeline: Any, words: str) -> int:
    """How many tokens words are."""
    return len(pipeline.counting(words).input_ids)
