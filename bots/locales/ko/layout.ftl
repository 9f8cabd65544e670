# 배치에서 지키지 못한 것
relation-impossible = { $relation ->
    [left_of] "{ $subject }"을(를) "{ $object }" 왼쪽에 두는
    [right_of] "{ $subject }"을(를) "{ $object }" 오른쪽에 두는
    [above] "{ $subject }"을(를) "{ $object }" 위쪽에 두는
    [below] "{ $subject }"을(를) "{ $object }" 아래쪽에 두는
    [on] "{ $subject }"을(를) "{ $object }" 위에 올리는
    [inside] "{ $subject }"을(를) "{ $object }" 안에 넣는
    [behind] "{ $subject }"을(를) "{ $object }" 뒤에 두는
    [in_front_of] "{ $subject }"을(를) "{ $object }" 앞에 두는
    [between] "{ $subject }"을(를) "{ $object }" 사이에 두는
    [next_to] "{ $subject }"을(를) "{ $object }" 옆에 두는
    [in_row] "{ $subject }"을(를) "{ $object }"와(과) 한 줄로 세우는
   *[other] "{ $subject }"과(와) "{ $object }"을(를) 말씀하신 대로 두는
 } 것은 그림의 다른 조건과 맞지 않아 지키지 못했어요.
place-impossible = "{ $object }"을(를) { $place ->
    [top_left] 왼쪽 위
    [top] 위쪽
    [top_right] 오른쪽 위
    [left] 왼쪽
    [center] 가운데
    [right] 오른쪽
    [bottom_left] 왼쪽 아래
    [bottom] 아래쪽
   *[bottom_right] 오른쪽 아래
 }에 둘 자리가 없어서 다른 곳에 두었어요.
grid-too-small = "{ $object }"의 격자 칸이 { $count }개보다 적어서 격자를 늘렸어요.
scene-grid-too-small = { $count }개는 { $cells }칸 격자에 다 들어가지 않아서 격자를 늘렸어요.
overlap-unavoidable = "{ $subject }"과(와) "{ $object }"이(가) 겹쳐요. 다르게 둘 방법이 없었어요.
no-room = 그림이 너무 꽉 차서 { $count }개를 모두 제대로 넣지는 못했어요.
