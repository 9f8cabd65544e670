# Commands of a chat: names (lower case, one word), descriptions (at most 100 characters), options and choices.
command-imagine-name = 그리기
command-imagine-description = 글로 설명한 그림을 그려요
command-revise-name = 고치기
command-revise-description = 제가 그린 그림을 고쳐요
command-blend-name = 합치기
command-blend-description = 이미지 2~6장을 하나의 색감으로 묶은 콜라주를 만들어요
command-describe-name = 설명
command-describe-description = 이미지에 무엇이 있고 어디서 왔는지 알려 드려요
command-gallery-name = 갤러리
command-gallery-description = 여기서 그린 그림을 둘러봐요. 나에게만 보여요
command-provenance-name = 출처
command-provenance-description = 제가 그린 이미지인지 확인해요
command-usage-name = 사용량
command-usage-description = 오늘 그린 그림 수와 남은 양을 보여 드려요
command-cancel-name = 취소
command-cancel-description = 진행 중인 내 요청을 멈춰요
command-settings-name = 설정
command-settings-description = 이 서버에서 제가 일하는 방식을 정해요
command-settings-show-name = 보기
command-settings-show-description = 설정을 보고 채널과 역할을 골라요
command-settings-change-name = 변경
command-settings-change-description = 이 서버의 설정을 바꿔요
command-privacy-name = 개인정보
command-privacy-description = 저장된 내 정보를 보거나 지워요
command-privacy-export-name = 내보내기
command-privacy-export-description = 저장된 내 정보를 모두 담은 파일을 받아요
command-privacy-delete-name = 삭제
command-privacy-delete-description = 내 그림과 글을 모든 곳에서 지워요
command-help-name = 도움말
command-help-description = 할 수 있는 일과 부탁하는 방법을 알려 드려요

message-command-revise = 이 그림 고치기
message-command-reference = 참고 이미지로 쓰기
message-command-describe = 설명하기
message-command-provenance = 출처 확인
message-command-report = 신고하기

option-prompt-name = 내용
option-prompt-description = 무엇을 그릴지 한국어나 영어로 적어 주세요
option-image-name = 이미지
option-image-description = 그림에 쓸 이미지
option-image1-name = 이미지1
option-image2-name = 이미지2
option-image3-name = 이미지3
option-image4-name = 이미지4
option-image5-name = 이미지5
option-image6-name = 이미지6
option-size-name = 크기
option-size-description = 예: 3:2 또는 1536x1024
option-background-name = 배경
option-background-description = transparent(투명) 또는 #ffeecc 같은 색
option-style-name = 스타일
option-style-description = 그리는 방식
option-count-name = 장수
option-count-description = 그림 몇 장
option-seed-name = 시드
option-seed-description = 같은 시드는 같은 그림을 다시 그려요
option-private-name = 비공개
option-private-description = 나에게만 보이게 답해요
option-change-name = 내용
option-change-description = 무엇을 바꿀지 적어 주세요. 비워 두면 입력 창이 열려요
option-source-name = 그림
option-source-description = 그림이 있는 메시지의 링크, 또는 최근 그림
option-blend-prompt-description = 콜라주의 제목, 배경, 크기
option-message-name = 메시지
option-message-description = 이미지가 있는 메시지의 링크
option-describe-image-description = 설명할 이미지
option-provenance-image-description = 확인할 이미지. 원본 파일일수록 정확해요
option-search-name = 검색어
option-search-description = 요청에 들어간 낱말
option-mine-name = 내것만
option-mine-description = 내 그림만 보기
option-strictness-name = 엄격도
option-strictness-description = 요청과 그림을 얼마나 엄격하게 검사할지
option-default-style-name = 스타일
option-default-style-description = 스타일을 말하지 않은 새 그림의 기본 스타일
option-retention-name = 보관일수
option-retention-description = 그림을 지우기까지의 날수. 0이면 계속 보관해요
option-language-name = 언어
option-language-description = 여기에 올리는 글의 언어
option-threads-name = 스레드
option-threads-description = 채널의 첫 요청에 답하는 곳
option-spoiler-name = 스포일러
option-spoiler-description = 클릭하기 전까지 그림을 가려요

strictness-standard = 보통
strictness-strict = 엄격
style-flat = 플랫
style-outline = 선화
style-sticker = 스티커
style-poster = 포스터
style-paper = 종이
style-none = 없음
language-en = English (영어)
language-ko = 한국어
language-none = 서버의 언어
threads-thread = 새 스레드에서
threads-channel = 채널에서 바로
threads-none = 운영자가 정한 대로

size-suggestion = { $shape ->
    [square] { $size } (정사각형)
    [landscape] { $size } (가로)
   *[portrait] { $size } (세로)
}
background-transparent = 투명
background-white = 흰색
background-black = 검은색
background-ffeecc = #ffeecc (크림색)
latest-image = 최근 그림

# Forms, at most 45 characters.
form-revise-title = 이 그림 고치기
form-revise-words = 무엇을 바꿀까요?
form-reference-title = 참고 이미지로 쓰기
form-reference-words = 이 이미지로 무엇을 그릴까요?
form-images = 이미지를 더 넣어도 돼요
form-report-title = 신고하기
form-report-reason = 무엇이 문제인가요?

# Answers of commands.
reported = 알려 주셔서 고마워요. 신고는 저를 운영하는 분들이 볼 수 있게 보관해요.
handler-failed = 제 쪽에서 문제가 생겼어요. 또 그러면 운영자에게 이 번호를 알려 주세요: { $reference }
command-outdated = 이 명령이 바뀌었어요. Discord를 새로 고침한 뒤 다시 시도해 주세요.
more-left-out = … (나머지는 생략했어요)
admins-only = 서버를 관리할 수 있는 분만 할 수 있어요.
image-not-found = 그런 그림을 찾지 못했거나 볼 수 있는 그림이 아니에요. 그림이 있는 메시지의 링크를 복사해서 붙여 넣어 주세요.
revise-nothing-yet = 아직 여기서 그려 드린 그림이 없어요. 그리기 명령으로 시작해 보세요.
message-without-image = 이 메시지에는 쓸 수 있는 이미지가 없어요.
message-not-found = 그 메시지를 읽을 수 없어요. 메시지의 메뉴를 열고 앱에서 명령을 골라 주세요.
describe-what = 이미지를 올리거나, 이미지가 있는 메시지의 링크를 알려 주세요.
file-too-large = 파일이 너무 커요. { $most } MiB까지 볼 수 있어요.
file-gone = Discord에서 그 파일을 더는 받을 수 없어요. 다시 올려 주세요.
file-unreadable = 읽을 수 있는 이미지가 아니에요. PNG, JPEG, WebP, 움직이지 않는 GIF를 볼 수 있어요.
gallery-heading = AI가 만든 그림이에요. 최신순이고, 나에게만 보여요.
gallery-empty = 보여 드릴 그림이 없어요.
gallery-searched = 다음 낱말로 찾았어요:
gallery-image = { $private ->
    [yes] { $date } (UTC) · 비공개
   *[no] { $date } (UTC)
}
gallery-older = 이전 그림
gallery-newest = 최신 그림
nothing-running = 지금 진행 중인 요청이 없어요.
cancel-which = 어떤 요청을 멈출까요?
requests-stopped = 요청 { $count }개를 멈췄어요.
cancel-mine = 내 요청
cancel-somebodys = { $time } · 다른 사람의 요청
export-done = 저장된 정보를 모두 담았어요. data.json과 그림이 들어 있고, 자리가 모자란 그림은 data.json의 “images_left_out”에 적혀 있어요.
export-too-large = 여기서 보낼 수 있는 크기보다 정보가 많아요. 운영자에게 파일을 요청해 주세요.
erase-confirm = 모두 영구히 삭제
