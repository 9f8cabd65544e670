"""Words that only say which picture is meant ("the second version"): to the grammar of changes they would be noise."""

import re
from typing import Final

# Which picture is meant is read by ``read_intent``.
VERSION: Final = re.compile(
    r"\b(?:(?:in|on|from|of|for|with)\s+)?(?:the\s+)?(?:first|second|third|fourth|fifth|last|latest|newest|original|previous|earlier|\d(?:st|nd|rd|th))"
    r"\s+(?:one|version|image|picture|variation|variant|option|draft)\b"
    r"|(?:첫|두|세|네|다섯)\s?번째\s?(?:거|것|버전|이미지|그림|시안)(?:에서|의|을|를|으로|로|은|는)?|(?:마지막|처음|이전)\s?(?:거|것|버전|이미지|그림|시안)(?:에서|의|을|를|으로|로|은|는)?",
    re.IGNORECASE,
)
