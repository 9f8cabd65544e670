"""Korean words of the grammar, as tables. Particles stand outside them: the lexer takes those off."""

import re
from typing import Final

from bots.planning.grammar.lexemes import Mark, Spot
from bots.planning.grammar.word_list import words as listed
from generator.scene import Arrangement, Place, RelationKind, Size, TextRole

NUMBERS: Final = {
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
    "열한": 11, "열두": 12, "열세": 13, "열네": 14, "열다섯": 15, "열여섯": 16, "열일곱": 17, "열여덟": 18, "열아홉": 19,
    "스무": 20, "서른": 30, "여러": 4, "몇": 3, "많은": 8,
}  # fmt: skip
ALONE: Final = {"하나": 1, "둘": 2, "셋": 3, "넷": 4}
COUNTERS: Final = listed(
    "개 마리 대 명 송이 그루 권 장 잔 채 척 켤레 자루 병 조각 쌍 다발 점 가지 종류 종 칸 통 봉지 알 포기 벌 인"
)
SIZES: Final = {
    "작은": Size.SMALL, "조그만": Size.SMALL, "조그마한": Size.SMALL, "작게": Size.SMALL, "아주 작은": Size.TINY,
    "매우 작은": Size.TINY, "아주 작게": Size.TINY, "큰": Size.LARGE, "커다란": Size.LARGE, "크게": Size.LARGE,
    "아주 큰": Size.HUGE, "매우 큰": Size.HUGE, "엄청 큰": Size.HUGE, "거대한": Size.HUGE, "아주 크게": Size.HUGE,
    "아주 커다란": Size.HUGE, "엄청나게 큰": Size.HUGE,
}  # fmt: skip
LINES: Final = {
    "한 줄로": Arrangement.ROW, "일렬로": Arrangement.ROW, "나란히": Arrangement.ROW, "줄지어": Arrangement.ROW,
    "한줄로": Arrangement.ROW, "가로로": Arrangement.ROW, "세로로": Arrangement.COLUMN, "쌓아": Arrangement.COLUMN,
    "쌓인": Arrangement.COLUMN,
}  # fmt: skip
HEADINGS: Final = {
    "제목": TextRole.TITLE, "타이틀": TextRole.TITLE, "표제": TextRole.TITLE, "부제": TextRole.SUBTITLE,
    "부제목": TextRole.SUBTITLE, "소제목": TextRole.SUBTITLE, "슬로건": TextRole.SUBTITLE, "캡션": TextRole.CAPTION,
    "설명글": TextRole.CAPTION, "라벨": TextRole.LABEL, "레이블": TextRole.LABEL, "이름표": TextRole.LABEL,
    "글자": TextRole.BODY, "글": TextRole.BODY, "글씨": TextRole.BODY, "문구": TextRole.BODY, "텍스트": TextRole.BODY,
    "본문": TextRole.BODY,
}  # fmt: skip
CANVAS: Final = frozenset(
    listed(
        "포스터 그림 이미지 사진 화면 캔버스 배너 전단지 카드뉴스 일러스트 삽화 장면 배경화면 아이콘 로고 인포그래픽 표지 "
        "초대장 엽서 썸네일 스티커 도안 디자인 스케치 페이지"
    )
)
FILLERS: Final = frozenset(
    listed(
        "있는 있어 있어요 있다 있습니다 있게 그려 그려줘 그려줘요 그려주세요 그려주라 그려봐 줘 주세요 줘요 주라 만들어 "
        "만들어줘 만들어주세요 만들어줘요 해줘 해주세요 넣어 넣어줘 넣어주세요 놓아줘 배치해 배치해줘 배치 부탁해 부탁해요 "
        "부탁 보여줘 그리다 그리기 그린 그 이 저 좀 꼭 정말 아주 매우 너무 예쁜 멋진 귀여운 아름다운 좋은 간단한 심플한 모던한 "
        "깔끔한 화려한 알록달록한 위한 대한 관한 가진 함께 같이 모두 각각 전부 놓인 놓여 서 선 색 색의 색깔 색깔의 모양 모양의 "
        "크기 크기의 스타일 스타일로 배경 배경에 배경으로 로 으로 의 를 을 에 가 은 는 이요 요 것 들 및 등 더 다시 하는 되는 된 "
        "인 한장 안녕 안녕하세요 제발 혹시 싶어 싶어요 필요해 필요해요 원해 원해요 주변 적어 적어줘 써 써줘 써주세요 쓰고 "
        "들어간 들어가는 나오는 그려진 그려서 담은 담긴 이라는 식의 느낌 느낌의 느낌으로 넣은 넣고 보이는 위치 위치에 위치한 "
        "두어 둬 둬줘 놓아 놔 놔줘 붙여 붙여줘 적고 그리고서 라고 이라고"
    )
) - {"이라고", "라고", "이라는"}
CLAUSE_ENDS: Final = frozenset(listed("있고 놓고 두고 그리고는 있으며 있는데 넣고서 배치하고 하고서"))
SAYS: Final = frozenset(
    listed("라고 이라고 라는 이라는 쓰인 쓴 적힌 적은 써진 써있는 쓰여 써 적혀 쓰여진 적어놓은 새겨진 새긴")
)
JOINS: Final = frozenset(listed("그리고 와 과 랑 하고 또 및"))
DEEDS: Final = re.compile(
    r"(?:타고|탄|타는|타|손잡고|손잡은|잡고|잡은|안고|안은|껴안은|껴안고|먹는|먹고|먹으며|자는|자고|잠자는|뛰는|뛰고|달리는|달리고|"
    r"날아가는|나는|날고|웃는|웃고|우는|울고|춤추는|춤추고|앉은|앉아|앉아있는|누운|누워|누워있는|들고|든|읽는|읽고|마시는|마시고|"
    r"걷는|걷고|쫓는|쫓고|노는|놀고|싸우는|싸우고|입은|입고|쓰고|던지는|차는|수영하는|운전하는|요리하는|노래하는|바라보는|"
    r"쳐다보는|오르는|점프하는|점프하고|뽀뽀하는|키스하는|악수하는|끌고|밀고|[가-힣]{1,3}하며|[가-힣]{1,2}하고|[가-힣]{1,3}하는)(?:있는)?"
)
TRAIT: Final = re.compile(r"[가-힣]{1,5}(?:한|운|은|난|진|린|픈|쁜|스런|로운|적인|스러운)")
ENDING: Final = re.compile(r"[가-힣]+(?:줘|줘요|주세요|세요|어요|아요|해요|니다|할래|싶어|봐|겠어|하게|려고|도록)")
DISTINCT: Final = frozenset(listed("서로 다른 여러가지 다양한 각기 각각의 갖가지"))
NEGATION: Final = frozenset(listed("없이 없는 빼고 말고 제외하고"))
SKY: Final = frozenset(
    listed(
        "sun cloud moon star crescent moon rainbow airplane plane helicopter rocket comet full moon kite balloon bird "
        "shooting star snowflake flying saucer lightning fireworks eagle dove parrot butterfly bee"
    )
) | {"crescent moon", "full moon", "shooting star", "hot air balloon"}
CONTAINERS: Final = frozenset(
    listed("box package basket bag backpack bucket shopping cart handbag suitcase bowl cup mug coffee")
)

_SIDES: Final = {"왼쪽": "left", "좌측": "left", "왼편": "left", "오른쪽": "right", "우측": "right", "오른편": "right"}
_ROWS: Final = {
    "위": "top", "위쪽": "top", "상단": "top", "윗부분": "top", "윗쪽": "top", "맨위": "top", "꼭대기": "top",
    "아래": "bottom", "아래쪽": "bottom", "하단": "bottom", "밑": "bottom", "밑부분": "bottom", "맨아래": "bottom",
    "밑쪽": "bottom", "가운데": "center", "중앙": "center", "중간": "center", "한가운데": "center", "정중앙": "center",
}  # fmt: skip
_RELATIONS: Final = {
    "왼쪽": RelationKind.LEFT_OF, "좌측": RelationKind.LEFT_OF, "왼편": RelationKind.LEFT_OF,
    "오른쪽": RelationKind.RIGHT_OF, "우측": RelationKind.RIGHT_OF, "오른편": RelationKind.RIGHT_OF,
    "위": RelationKind.ON, "위쪽": RelationKind.ABOVE, "아래": RelationKind.BELOW, "아래쪽": RelationKind.BELOW,
    "밑": RelationKind.BELOW, "안": RelationKind.INSIDE, "속": RelationKind.INSIDE, "안쪽": RelationKind.INSIDE,
    "뒤": RelationKind.BEHIND, "뒤쪽": RelationKind.BEHIND, "앞": RelationKind.IN_FRONT_OF,
    "앞쪽": RelationKind.IN_FRONT_OF, "사이": RelationKind.BETWEEN, "옆": RelationKind.NEXT_TO,
    "곁": RelationKind.NEXT_TO, "근처": RelationKind.NEXT_TO, "윗쪽": RelationKind.ABOVE,
}  # fmt: skip
_SPOT_PARTICLE: Final = re.compile(r"(?:에서|에는|에다가|에다|에도|으로|에|로|의|엔|은|는)$")
_CORNER: Final = frozenset({"구석", "모서리", "부분", "코너", "끝", "편", "귀퉁이"})


def spot_at(words: list[str], start: int) -> tuple[Spot, int, Mark | None] | None:
    """The place or relation at ``words[start]``, how many words it takes, and a mark that comes with it."""
    first = _plain(words[start])
    index = start + (first in {"맨", "제일", "가장"})
    names: list[str] = []
    relation: RelationKind | None = None
    while index < len(words) and len(names) < 2:
        name = _plain(words[index])
        if name not in _SIDES and name not in _ROWS and name not in _RELATIONS:
            break
        relation = _RELATIONS.get(name)
        names.append(name)
        index += 1
        if name != words[index - 1]:
            break  # a particle closes the place: "왼쪽에 위 …"
    if not names:
        return None
    while index < len(words) and _plain(words[index]) in _CORNER:
        index += 1
        relation = None
    place = _place(names)
    if len(names) > 1 or index - start > len(names):
        relation = None if place is not None else relation
    return Spot(place=place, relation=relation), index - start, None


def _plain(word: str) -> str:
    if word in _SIDES or word in _ROWS or word in _RELATIONS:
        return word
    return _SPOT_PARTICLE.sub("", word)


def _place(names: list[str]) -> Place | None:
    side = next((_SIDES[name] for name in names if name in _SIDES), "")
    row = next((_ROWS[name] for name in names if name in _ROWS), "")
    if not side and not row:
        return None
    if row == "center" and side:
        row = ""
    if side == "" and row == "center":
        return Place.CENTER
    return Place(f"{row} {side}".strip())
