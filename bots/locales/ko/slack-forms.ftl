# Slack의 양식: 라벨은 75자, 제목과 버튼은 24자까지.
slack-form-create-title = 이미지 만들기
slack-form-create-submit = 그리기
slack-form-revise-submit = 수정하기
slack-form-reference-submit = 그리기
slack-form-report-submit = 신고하기
slack-form-done = 닫기
slack-form-prompt = 무엇을 그릴까요?
slack-form-files = 함께 쓸 이미지
slack-form-size = 크기
slack-form-background = 배경
slack-form-background-hint = transparent(투명) 또는 #ffeecc 같은 색을 적어 주세요. 비워 두면 제가 골라요.
slack-form-style = 스타일
slack-form-count = 그림 수
slack-form-channel = 올릴 채널
slack-form-channel-hint = 본인과 제가 모두 그 채널에 있어야 해요. 채널을 고르지 않으면 다이렉트 메시지로 보내 드려요.

# 양식이 잘못된 까닭.
slack-form-empty = 무엇을 그릴지 적어 주세요.
slack-form-not-both = 본인이나 제가 그 채널에 없어요. /invite로 저를 초대하거나 다른 채널을 고르거나, 비워 두고 다이렉트 메시지로 받아 주세요.
slack-form-again = 지금은 Slack이 응답하지 않아요. 잠시 뒤에 양식을 다시 보내 주세요.
slack-form-not-opened = Slack이 양식을 열지 못했어요. 다시 시도해 주세요.
slack-form-here = 작업을 시작했어요. 그림은 여기에 올릴게요.
