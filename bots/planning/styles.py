"""Styles that a sentence asks for: those the engine has, and those that it has not and says so."""

import re
from typing import Final

from bots.planning.cuts import Sentence
from generator.scene import Notice

STYLES: Final = ("flat", "outline", "sticker", "poster", "paper")

_AS = r"(?:\b(?:in|as|with|using)\s)?(?:\b(?:an?|the)\s)?"
_STYLED = r"(?:[\s-](?:style|styled|look|design|art)(?:\sstyle)?)"
_KO_STYLED = r"(?:\s?(?:스타일|느낌|풍|화풍))(?:의|으로|로)?(?![가-힣])"
_SAID: Final = {
    "flat": rf"{_AS}\bflat(?:{_STYLED}|(?=\s*(?:$|[,.;!?])))\b|(?:플랫|평면)(?:{_KO_STYLED}|\s디자인)",
    "outline": rf"{_AS}\b(?:outlined?{_STYLED}|line[\s-]?art(?:\sstyle)?|line\sdrawing)\b|\bin\soutline\b|(?:선화|라인\s?아트|외곽선{_KO_STYLED})(?:로)?",
    "sticker": rf"{_AS}\bsticker{_STYLED}\b|스티커{_KO_STYLED}",
    "poster": rf"{_AS}\bposter{_STYLED}\b|포스터{_KO_STYLED}",
    "paper": rf"{_AS}\bpaper{_STYLED}\b|종이{_KO_STYLED}",
}
_PATTERNS: Final = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SAID.items()}
_STICKER: Final = re.compile(r"\bstickers?\b|스티커", re.IGNORECASE)
_POSTER: Final = re.compile(r"(?<!the )(?<!this )(?<!that )(?<!its )\bposters?\b|포스터", re.IGNORECASE)
_CHANGING: Final = re.compile(r"바꿔|변경|수정|옮겨|고쳐|지워|없애")

_UNAVAILABLE: Final = re.compile(
    rf"{_AS}\b(?P<english>(?:oil|acrylic|gouache|tempera)\spaint(?:ing|s)?|water\s?colou?rs?(?:\spainting)?|(?:photo-?)?realis(?:tic|m)|photo-?realistic"
    r"|hyper-?realistic|photographic|3-?d(?:\srender(?:ed|ing)?)?|pixel[\s-]art|pixelated|8-bit|16-bit|anime|manga|studio\sghibli|ghibli|cyberpunk"
    r"|low[\s-]poly|isometric|vaporwave|synthwave|impressionis[tm]|expressionis[tm]|cubis[tm]|surrealis[tm]|pop\sart|art\sdeco|art\snouveau"
    r"|claymation|clay|origami|paper[\s-]cut(?:out)?|mosaic|stained\sglass|embroidery|graffiti|ukiyo-e|pencil\s(?:drawing|sketch)"
    r"|charcoal\s(?:drawing|sketch)|crayon\s(?:drawing|style)|ink\s(?:wash|drawing)|chalk\sdrawing|comic(?:\sbook)?(?=\sstyle)|neon(?=\sstyle)"
    r"|cartoon(?=\sstyle)|pastel(?=\s(?:drawing|painting))|steampunk|baroque|renaissance|retro(?=\sstyle)|vintage(?=\sstyle))"
    r"(?:[\s-](?:style|styled|look|art|effect))?\b(?:\sof\b)?"
    r"|\bin\sthe\sstyle\sof\s(?!(?:my|our|your|this|that|these|those|it)\b)(?P<master>[\w.'’-]{1,30}(?:\s(?:van|de|da|di|von)\s[\w.'’-]{1,30}|\s[A-Z][\w.'’-]{1,30})?)"
    r"|(?P<korean>수채화|유화|수묵화|연필화|파스텔화|크레파스화|동양화|인상주의|입체파|팝\s?아트|픽셀\s?아트|도트\s?그림|애니메이션|애니|만화|지브리|실사|극사실|사진처럼|삼디|3D|사이버펑크)"
    rf"(?:체)?(?:{_KO_STYLED}|(?:적인|적으로|처럼|으로|로)?(?![가-힣]))",
    re.IGNORECASE,
)


def take_style(sentence: Sentence) -> tuple[str | None, tuple[Notice, ...]]:
    """The style asked for, cut out of the sentence, and notices of those that this engine does not have.

    "A poster: …" and "a sticker of …" are requests in that style unless another is named; "the poster" only speaks of
    one. Those two words stay in the sentence, where they are the picture itself.
    """
    unmet = tuple(
        Notice(key="style-unavailable", args={"style": next(group for group in match.groups() if group).strip()})
        for match in sentence.cut(_UNAVAILABLE)
    )
    said: list[tuple[int, str]] = []
    for name, pattern in _PATTERNS.items():
        said += [(match.start(), name) for match in sentence.cut(pattern)]
    if said:
        return max(said)[1], unmet
    if _STICKER.search(sentence.text):
        return "sticker", unmet
    if _POSTER.search(sentence.text) and not _CHANGING.search(sentence.text):
        return "poster", unmet
    return None, unmet
