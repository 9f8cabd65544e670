# 에이전트 보기: 작업 중에 보이는 말과 써 보라고 권하는 문장.
slack-agent-working = 그림을 그리고 있어요…
slack-prompts-title = 무엇을 그려 드릴까요?
slack-prompt-poster-title = 포스터 그리기
slack-prompt-poster = 포스터: 파란색 자동차 왼쪽에 빨간색 사과 세 개, 제목 "여름 축제"
slack-prompt-sticker-title = 스티커 그리기
slack-prompt-sticker = 주황색 고양이 스티커, 투명 배경
slack-prompt-chart-title = 차트 그리기
slack-prompt-chart = 막대 차트, 제목 "매출": Q1 12, Q2 18, Q3 9
slack-prompt-help-title = 무엇을 할 수 있나요?
slack-prompt-help = 도움말

# 워크플로 단계.
slack-step-no-prompt = 단계에 프롬프트가 없어요. 무엇을 그릴지 적어 주세요.
slack-step-no-person = 누구를 위한 그림인지 단계에 적혀 있지 않아요. 사람을 골라 주세요.
