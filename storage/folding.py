"""Text as it is searched and as it may be stored. Knows no table.

Databases fold the case of ASCII only (SQLite) or as the server's locale has it (PostgreSQL), and neither sees that
Korean typed on a Mac (decomposed) is the Korean typed anywhere else. So both sides of a search are folded here.
"""

import re
import unicodedata

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """``text`` without what a database's text column refuses (U+0000 and lone surrogates become U+FFFD)."""
    return _UNSTORABLE.sub("\ufffd", text)


def fold(text: str) -> str:
    """``text`` for comparison: compatibility forms composed, case folded, runs of white space as one space."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return storable(" ".join(folded.split()))
