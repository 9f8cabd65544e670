# Slack 메시지와 파일에 대해 사람들에게 알리는 말.
slack-files-not-readable = 이 워크스페이스에서는 “{ $name }” 파일을 열 수 없어요. files:read 권한이 없기 때문이에요. 앱을 관리하는 분이 저를 다시 설치하면 권한을 줄 수 있어요.
