"""Which uploaded images the words mean, and what for: placed in the picture, source of colours, model of style."""

import re
from dataclasses import dataclass
from typing import Final

from generator.request import ReferenceRole

_ENGLISH_IMAGE: Final = (
    r"(?:the|this|that|my|our|these|those|attached|uploaded|your|both|all)\s+(?:(?:the|my|our|these|attached|uploaded|"
    r"first|second|third|fourth|last|two|three)\s+)*(?:photo(?:graph)?s?|pictures?|images?|screenshots?|selfies?|"
    r"attachments?|uploads?|logos?)(?:\s+(?:\d+|that)\b)?(?:\s+(?:that\s+)?(?:i|we)(?:\s+(?:just|have))?\s+(?:uploaded|attached|sent|posted))?"
)
_KOREAN_IMAGE: Final = r"(?:(?:이|그|내|제|우리|첨부한|첨부된|올린|업로드한|첫\s?번째|두\s?번째|세\s?번째|두)\s?)+(?:사진|이미지|그림|로고|스크린샷)(?:들)?(?:\s?속)?|첨부\s?(?:사진|이미지|파일)|(?<![가-힣])사진"
_IMAGE: Final = re.compile(rf"\b{_ENGLISH_IMAGE}|{_KOREAN_IMAGE}", re.IGNORECASE)
_COLORS_OF: Final = re.compile(
    r"(?:\b(?:use|using|with|in|take|match|from|based on|apply)\s+)*(?:the\s+)?(?:same\s+)?(?:colou?rs?|palette|colou?r\s+(?:scheme|palette))"
    rf"\s+(?:of|from|in|used in)\s+(?:{_ENGLISH_IMAGE}|this|it|these)\b"
    rf"|\b(?:use|using|with|in)\s+(?:these|those|its|the image's|the photo's)\s+colou?rs\b"
    rf"|(?:{_KOREAN_IMAGE}|이)(?:의|에서|에\s?있는)?\s*(?:색깔?들?|색상|색조|팔레트|컬러)(?:을|를|로|으로|에서)?(?:\s*(?:사용|써|쓰|활용|뽑|이용|맞춰|가져)\S*)*",
    re.IGNORECASE,
)
_STYLE_OF: Final = re.compile(
    rf"\b(?:in\s+|use\s+|copy\s+|match\s+)?the\s+(?:same\s+)?style\s+(?:of|as|from)\s+(?:{_ENGLISH_IMAGE}|this|it)\b"
    rf"|(?:{_KOREAN_IMAGE})의?\s*(?:스타일|화풍)(?:로|으로|을|를)?",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"(?<=\bput )(?:this|it|these|them)\b|(?<=\bplace )(?:this|it|these|them)\b|(?<=\badd )(?:this|it|these|them)\b"
    r"|(?<=\buse )(?:this|it|these|them)\b|(?<![가-힣])(?:이걸|이것을|이거를|이거)(?![가-힣])",
    re.IGNORECASE,
)
_ORDINALS: Final = {
    "first": 0, "second": 1, "third": 2, "fourth": 3, "첫": 0, "두 번째": 1, "두번째": 1, "세 번째": 2, "세번째": 2
}  # fmt: skip
_SURELY_UPLOADED: Final = re.compile(
    r"photo|my\b|our\b|attach|upload|selfie|screenshot|\b(?:i|we)\s|사진|내|제\s|첨부|올린|업로드|스크린샷|로고",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """A text whose uploads are tokens ``⟨n⟩`` (``⟨99⟩`` for all of them), and what each digest is for."""

    text: str
    roles: dict[str, ReferenceRole]
    placed: tuple[str, ...]  # digests that tokens in the text can mean, in order


ALL: Final = 99


def take_uploads(text: str, fresh: tuple[str, ...], earlier: tuple[str, ...]) -> Uploads:
    """Find uploads in ``text``.

    Args:
        text: A turn's words.
        fresh: Digests attached to this turn; without a word about them they are placed.
        earlier: Digests of the newest earlier turn that had any; they must be meant by words.
    """
    available = fresh or earlier
    if not available:
        return Uploads(text=text, roles={}, placed=())
    roles: dict[str, ReferenceRole] = {}
    for pattern, role in ((_COLORS_OF, ReferenceRole.PALETTE), (_STYLE_OF, ReferenceRole.STYLE)):
        for match in pattern.finditer(text):
            if fresh or _SURELY_UPLOADED.search(match.group()):
                roles |= dict.fromkeys(_chosen(match.group(), available), role)
                text = text.replace(match.group(), ", ", 1)
    mentioned = False

    def token(match: re.Match[str]) -> str:
        nonlocal mentioned
        if not fresh and not _SURELY_UPLOADED.search(match.group()):
            return match.group()
        mentioned = True
        chosen = _chosen(match.group(), available)
        index = ALL if len(chosen) > 1 else available.index(chosen[0])
        return f" ⟨{index}⟩ "

    text = _IMAGE.sub(token, text)
    if fresh and not mentioned:
        text = _BARE.sub(token, text)
    if fresh and not mentioned and not roles:
        text = f"⟨{ALL}⟩ , {text}"
        mentioned = True
    if mentioned:
        roles |= {digest: ReferenceRole.OBJECT for digest in available if digest not in roles}
    return Uploads(text=text, roles=roles, placed=available if mentioned else ())


def _chosen(words: str, available: tuple[str, ...]) -> tuple[str, ...]:
    lower = words.lower()
    for name, index in _ORDINALS.items():
        if name in lower and index < len(available):
            return (available[index],)
    if number := re.search(r"\b(\d+)\b", lower):
        index = int(number[1]) - 1
        return (available[index],) if 0 <= index < len(available) else available
    return available
