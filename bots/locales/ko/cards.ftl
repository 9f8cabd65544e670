# 채팅 답변 주변의 말.
card-asked-by = { $name } 님의 요청
card-working = 작업 중: { $stage } ({ $percent } %)
card-refused = 그건 그릴 수 없어요. 이유는 { $name } 님에게만 보여요.
card-refused-unnamed = 그건 그릴 수 없어요. 이유는 요청한 분에게만 보여요.
card-made-neural = AI 생성 이미지
card-made-program = AI 생성 이미지, 말씀하신 내용을 프로그램이 그렸어요
card-size = { $width } × { $height } px · 시드 { $seed }
card-check-passed = { $check } { $asked } ✓
card-check-missed = { $check } 요청 { $asked }, 측정 { $measured } ✗
card-checks = 확인 { $all }개 중 { $passed }개 통과
card-copy = 원본이 { $megabytes } MB라 여기에 올릴 수 없어요. 같은 크기로 다시 인코딩하고 콘텐츠 자격 증명을 넣은 사본이에요.
card-too-large = 그림이 { $megabytes } MB라 여기에 올릴 수 없어요. { $id } 번호로 보관했어요.
card-linked = 그림이 { $megabytes } MB라 여기에 올릴 수 없어요: { $url }
check-background = 배경
check-color = 색
check-text = 글자
check-object = 사물
button-vary = 변형
button-revise = 수정
button-retry = 다시
button-upscale = 2배 확대
button-details = 자세히
button-delete = 삭제
button-like = 👍 좋아요
button-dislike = 👎 별로예요
button-cancel = 취소
thread-name = 그림
place-gone = 요청하신 채널이 없어져서 답을 올리지 못했어요. 한도는 차감되지 않았어요.
place-closed = 요청하신 채널에 글을 올릴 수 없어요. 관리자에게 채널 보기, 메시지 보내기, 파일 첨부 권한을 부탁해 주세요. 한도는 차감되지 않았어요.
place-archived = 요청하신 스레드가 보관되어 답을 올리지 못했어요. 한도는 차감되지 않았어요.
place-locked = 요청하신 스레드가 잠겨 있어 답을 올리지 못했어요. 한도는 차감되지 않았어요.
image-gone = 그 그림은 이제 없어요.
not-yours-to-delete = 요청한 사람이나 이곳의 메시지를 관리하는 사람만 지울 수 있어요.
not-yours-to-cancel = 요청한 사람이나 이곳의 메시지를 관리하는 사람만 멈출 수 있어요.
not-yours-to-see = 여기서는 그 그림을 쓸 수 없어요.
deleted = 지웠어요.
deleted-but-shown = 기록에서 그림을 지웠지만, 그림이 보이는 메시지를 모두 지우지는 못했을 수 있어요. 남은 메시지는 직접 지워 주세요.
cancel-done = 멈췄어요.
cancel-over = 이미 끝난 작업이에요.
thanks-like = 고마워요. 마음에 드신다고 적어 뒀어요.
thanks-dislike = 고마워요. 마음에 들지 않으신다고 적어 뒀어요.
answer-late = 채널의 비공개 답변으로는 너무 오래 걸려서 여기로 보내요.

# 그림의 자세한 내용.
detail-prompt = **요청:** { $prompt }
detail-picture = **그림:** { $width } × { $height } px, 스타일 { $style }, 시드 { $seed }, { $format }
detail-engine = **그린 엔진:** { $engine } { $version }
detail-objects = **들어 있는 것:** { $list }
detail-check-passed = ✓ { $check }: 요청 { $asked }, 측정 { $measured }
detail-check-missed = ✗ { $check }: 요청 { $asked }, 측정 { $measured }
detail-check-open = – { $check }: 요청 { $asked }; { $measured }
detail-moderation = **검토:** { $actions }
detail-credential = **콘텐츠 자격 증명:** { $manifest }
detail-timings = **걸린 시간:** { $list }
detail-history = { $count ->
   *[other] **이력:** 버전 { $count }개, 이 버전은 { $id }
}
