"""Lists of words, written as people read them: separated by spaces."""


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``."""
    return tuple(text.split())
