# What the planner says about drawings and revisions.
nothing-to-draw = 무엇을 그릴까요? 그릴 것을 알려 주세요. 예: “빨간 사과 세 개를 파란 차 왼쪽에, 제목 "봄 세일"”
nothing-to-draw-known = 그릴 수 있는 그림이 없어요: { $nouns }. 다른 무엇을 그릴까요?
nothing-to-revise = 아직 바꿀 그림이 없어요. 먼저 무엇을 그릴지 알려 주세요.
not-in-picture = 이 그림에는 { $noun } 항목이 없어요. 그림에 있는 것: { $objects }
nothing-in-picture = 지금은 그림이 비어 있어요. 무엇을 넣을지 알려 주세요.
which-object = 어느 것을 말하는지 알려 주세요. 그림에 있는 것: { $objects }
change-not-understood = 무엇을 바꿀지 이해하지 못했어요. 그림에 있는 것: { $objects }

# Not done
unknown-noun = 그릴 수 있는 그림이 없는 것: { $nouns }
deed-not-drawn = 그릴 수 없어서 나란히 두기만 한 것: { $words }
trait-not-drawn = 그림에 나타낼 수 없는 것: { $words }
one-color-only = 같은 사물의 두 번째 색({ $color })
chart-needs-numbers = 숫자가 없어서 그리지 못한 그래프(예: “막대 그래프: 월 3, 화 5”)
too-many-instances = { $noun } { $limit }개를 넘는 개수
too-many-objects = 한 그림에는 { $limit }가지까지만 들어가요(요청 { $asked }가지)
grid-out-of-range = { $rows } × { $columns } 격자(가로세로 최대 { $limit }칸)
style-from-image-not-drawn = 올린 이미지의 화풍

# Notes
drawn-as = { $noun } 대신 “{ $drawing }” 그림을 썼어요
chosen-by-us = 이렇게 골랐어요: { $nouns }

# Changes
changed-color = { $before ->
    [none] { $object } 색: { $after }
   *[other] { $object } 색: { $before } → { $after }
}
moved-to = { $object } 위치: { $place ->
    [top_left] 왼쪽 위
    [top] 위
    [top_right] 오른쪽 위
    [left] 왼쪽
    [right] 오른쪽
    [bottom_left] 왼쪽 아래
    [bottom] 아래
    [bottom_right] 오른쪽 아래
   *[center] 가운데
}
moved-by = { $object } 위치: { $other } { $relation ->
    [left_of] 왼쪽
    [right_of] 오른쪽
    [above] 위쪽
    [below] 아래
    [on] 위
    [inside] 안
    [behind] 뒤
    [in_front_of] 앞
    [between] 사이
   *[next_to] 옆
}
rearranged = { $object } 배열: { $arrangement ->
    [row] 가로 한 줄
    [column] 세로 한 줄
   *[other] 모아서
}
changed-scale = { $object } 크기: { $size ->
    [tiny] 아주 작게
    [small] 작게
    [medium] 보통
    [large] 크게
   *[huge] 아주 크게
}
shifted = { $object } 위치: { $way ->
    [up] 위로
    [down] 아래로
    [left] 왼쪽으로
    [right] 오른쪽으로
    [up_left] 왼쪽 위로
    [up_right] 오른쪽 위로
    [down_left] 왼쪽 아래로
   *[down_right] 오른쪽 아래로
} 이동
exchanged = { $object }, { $other } 자리 교환
changed-count = { $name } 개수: { $before } → { $after }
added = { $count ->
    [1] { $object } 추가
   *[other] { $object } { $count }개 추가
}
removed = { $object } 삭제
replaced = { $count ->
    [1] { $before } 대신 { $after }
   *[other] { $before } 대신 { $after } { $count }개
}
changed-text = 글자: “{ $before }” → “{ $after }”
changed-background = 배경: { $background }
changed-style = 스타일: { $style ->
    [flat] 플랫
    [outline] 선화
    [sticker] 스티커
    [poster] 포스터
    [paper] 종이
   *[other] { $style }
}
changed-canvas = 크기: { $width } × { $height }
flipped = { $object } 좌우 반전
rotated = { $object } { $degrees }° 회전
outlined = { $object } 윤곽선: { $color }
isolated = { $object }만 남긴 투명 배경
varied = 배치(시드 { $seed }로 새로 그림)
undone = 전체를 이전 버전으로

# What things are called
thing-text = { $role ->
    [title] 제목
    [subtitle] 부제
    [caption] 캡션
    [label] 라벨
   *[body] 글자
} “{ $text }”
thing-image = 이미지
thing-chart = 그래프
thing-card = 단계 카드
thing-pair = { $first }, { $second }
transparent = 투명
