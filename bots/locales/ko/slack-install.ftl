# The pages that a browser shows when somebody installs the app in a workspace.
slack-install-done-title = Threadbrush를 설치했어요
slack-install-done = 이 페이지는 닫아도 돼요. Slack에서 앱을 열거나, 채널에서 /invite @threadbrush로 초대한 뒤 멘션해 주세요.
slack-install-open = Slack 열기
slack-install-failed-title = Threadbrush를 설치하지 못했어요
slack-install-cancelled = Slack에서 설치를 취소했어요. 바뀐 것은 없어요.
slack-install-stale = 설치를 시작한 지 10분이 지났거나, 이미 사용한 링크이거나, 다른 브라우저에서 시작했어요. 다시 시작해 주세요.
slack-install-refused = Slack이 설치를 확인해 주지 않았어요. 다시 시작해 주세요.
slack-install-broken = 설치 정보를 저장하지 못했어요. 몇 분 뒤에 다시 시작해 주세요.
slack-install-again = 다시 시작
