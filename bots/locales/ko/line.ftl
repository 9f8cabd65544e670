# What the line itself says.
images-done = { $count ->
   *[other] 그림 { $count }장을 그렸어요.
}
changed = 바꾼 것: { $list }.
not-met = 요청대로 되지 않은 것: { $list }
receipt-missed = 요청과 다르게 측정된 것: { $list }.
request-refused = 그건 그릴 수 없어요. { $reason }
request-held = 그리기 전에 사람이 확인해야 해서 아직 아무것도 그리지 않았어요. { $reason }
would-be-fine = 이렇게는 괜찮아요: { $rewording }
quota-spent = 이 워크스페이스의 오늘 이미지 한도를 다 썼어요. 내일(UTC) 다시 시작돼요.
job-failed = 그리는 중에 문제가 생겨 그림을 만들지 못했어요. 한도는 차감되지 않았어요. 다시 시도해 주세요.
platform-silent = 채팅이 너무 오래 응답하지 않아 전달하지 못했어요. 한도는 차감되지 않았어요.
job-cancelled = 멈췄어요. 한도는 차감되지 않았어요.
nothing-to-do = 그릴 것이 없어요.
text-too-long = 너무 길어요. 최대 { NUMBER($limit, useGrouping: 1) }자까지 읽을 수 있어요. 짧게 말해 주세요.
too-many-uploads = 한 메시지에 이미지는 최대 { $limit }개까지 받을 수 있어요.
upload-unreadable = { $name } 파일을 읽을 수 없어요: { $why }

# Alt text
alt-lead = AI가 생성한 그림이에요.
alt-prompt = AI가 생성한 그림: { $prompt }
alt-things = { $things } 그림이에요.
alt-object = { $count ->
    [one] { $name } { $color }
   *[other] { $name } { $count }개 { $color }
}
alt-text = “{ $text }”라고 쓰여 있어요.
alt-background = 배경 { $background }.
alt-transparent = 투명 배경이에요.

# Stages
stage-reading = 대화를 읽는 중
stage-waiting = 대기 중
stage-checking = 확인 중
stage-planning = 구상 중
stage-drawing = 그리는 중
stage-measuring = 측정 중
stage-signing = 서명 중

# Command line
flag-unreadable = { $flag }에 { $value } 값은 쓸 수 없어요.
