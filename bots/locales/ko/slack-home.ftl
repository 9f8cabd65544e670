# Slack 앱의 홈 화면.
slack-home-title = Threadbrush
slack-home-intro = 말로 설명하면 이미지를 그려요. AI가 만든 이미지이고, 검사하고 서명하며, 바꿀 점을 말씀하시면 고쳐요.
slack-home-create = 이미지 만들기
slack-home-refresh = 새로고침
slack-home-usage = 오늘
slack-home-images = 최근 이미지 (AI 생성)
slack-home-no-images = 아직 이미지가 없어요. “이미지 만들기”를 누르거나 메시지 탭에서 말해 주세요.
slack-home-thread = 대화 열기
slack-home-settings = 이 워크스페이스의 설정
slack-home-change = 설정 바꾸기
slack-home-language-none = 제 글의 언어: 요청한 사람의 언어
slack-home-privacy = 내 데이터
slack-home-privacy-text = 요청과 이미지, 그리고 그것이 속한 스레드를 보관해요. 전부 파일로 받거나 삭제할 수 있어요.
slack-home-export = 내 데이터 내보내기
slack-home-erase = 내 데이터 삭제…
slack-home-help = 사용 방법

# 방금 일어난 일.
slack-home-exporting = 파일을 만들고 있어요. 다이렉트 메시지로 보내 드려요.
slack-home-erasing = 데이터를 삭제하고 있어요. 끝나면 여기에 알려 드려요.
slack-home-erase-left = 제 글 중 일부는 삭제하지 못했어요. 워크스페이스 관리자가 삭제할 수 있어요.
slack-home-erase-failed = 데이터를 모두 삭제하지는 못했어요. 잠시 뒤에 버튼을 다시 눌러 주세요.
slack-home-export-failed = 파일을 보내지 못했어요. 나중에 다시 시도해 주세요.

# 도움말.
slack-help-draw = 그리기: 채널에서 저를 멘션하거나, 저에게 직접 쓰거나, /imagine을 사용하세요: “포스터: 파란색 자동차 왼쪽에 빨간색 사과 세 개, 제목 "SALE", 배경 #ffeecc”. 이미지, 크기(3:2, 1536x1024), 스타일, 시드도 덧붙일 수 있어요.
slack-help-revise = 고치기: 이미지의 스레드에 쓰세요: “자동차를 노란색으로 바꿔 줘”, “하나 더”, “뭘 바꿨어?”. 제 스레드가 아니면 저를 멘션해 주세요.
slack-help-buttons = 버튼: 변형, 수정, 다시, 2배 확대, 자세히, 삭제가 이미지 아래에 있어요. 모든 메시지의 메뉴에 “Revise this image”와 “Use as reference”가 있어요.
slack-help-check = 확인: 메시지 메뉴의 “Check provenance”는 제가 그린 이미지인지, “Describe”는 무엇이 보이는지 알려 주고, “Report”는 문제가 있다고 운영자에게 알려요.
slack-help-limits = 한도: 오늘 남은 양은 이 화면에 있어요. 다이렉트 메시지의 중지 버튼이나 요청 아래의 “취소”로 진행 중인 작업을 멈춰요.
slack-help-privacy = 내 데이터: “내 데이터 내보내기”와 “내 데이터 삭제”가 이 화면에 있어요. 이미지에는 AI 생성이라는 표시와 콘텐츠 자격 증명이 들어 있어요.

# 양식.
slack-form-close = 취소
slack-settings-title = 설정
slack-settings-save = 저장
slack-settings-language-none = 요청한 사람의 언어
slack-erase-title = 내 데이터 삭제
slack-erase-submit = 영구 삭제
slack-erase-warning = 이 워크스페이스에서 제가 그린 모든 이미지와 저에게 쓴 모든 글을 삭제해요. 되돌릴 수 없어요. 진행 중인 작업은 멈춰요.
slack-settings-unusable = 이 값은 쓸 수 없어요. 다른 값을 골라 주세요.
slack-admins-only = 워크스페이스 소유자와 관리자만 할 수 있어요.
