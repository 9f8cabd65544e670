# Slack의 바로가기와 /imagine.
slack-file-hidden = Slack에서 그 파일을 받을 수 없어요. /invite로 저를 채널에 초대하거나, 제가 있는 곳에 이미지를 올려 주세요.
slack-settings-admins = 이 워크스페이스의 관리자만 설정을 볼 수 있어요.
slack-settings-where = 제 홈 탭에서 바꿀 수 있어요.
slack-privacy = 요청과 그림, 그리고 그것들이 속한 스레드를 보관해요. 제 홈 탭에서 모두 내보내거나 지울 수 있어요.

# /imagine 도움말, 홈 페이지의 설명 뒤에 이어져요.
slack-help-commands = 명령: /imagine 뒤에 말을 적으면 그림을 그리고, /imagine만 쓰면 양식이 열려요. /imagine usage는 오늘 남은 한도, /imagine gallery는 여기서 그린 그림, /imagine settings와 /imagine privacy는 이 워크스페이스의 설정과 내 데이터에 대해 알려 줘요.
slack-help-threads = 스레드: Slack 스레드에서는 슬래시 명령을 쓸 수 없어요. 대신 저를 멘션하거나(“@threadbrush 차를 노란색으로 바꿔 줘”), 그림 아래 버튼을 누르거나, 메시지 메뉴에서 “Revise this image”(고치기), “Use as reference”(참고 이미지), “Describe”(설명), “Check provenance”(출처 확인), “Report”(신고)를 골라 주세요. 바로가기 메뉴의 “Create an image”는 어디서나 쓸 수 있고, 요청 아래 “취소”를 누르면 멈춰요. 오늘 남은 한도, 내 그림, 설정, 내 데이터는 제 홈 탭에서도 볼 수 있어요.
