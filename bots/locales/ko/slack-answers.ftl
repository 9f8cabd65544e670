# Slack에 답을 올릴 수 없는 이유.
slack-place-gone = 요청하신 채널이 없어졌거나 제가 들어가 있지 않아서 답을 올리지 못했어요. 한도는 차감되지 않았어요.
slack-thread-gone = 요청하신 스레드가 없어져서 답을 올리지 못했어요. 한도는 차감되지 않았어요.
slack-place-archived = 요청하신 채널이 보관 처리되어 답을 올리지 못했어요. 한도는 차감되지 않았어요.
slack-thread-locked = 요청하신 스레드가 잠겨 있어서 답을 올리지 못했어요. 한도는 차감되지 않았어요.
slack-place-closed = 요청하신 곳에는 제가 글을 올릴 수 없어요. 저를 채널에 초대하거나 관리자에게 게시 권한을 요청해 주세요. 한도는 차감되지 않았어요.
slack-not-allowed = 이 워크스페이스에서 앱 권한이 부족해 답을 올리지 못했어요. 관리자에게 앱을 다시 설치해 달라고 해 주세요. 한도는 차감되지 않았어요.

# 답 둘레의 말.
card-copy-format = 원본은 여기서 보여 줄 수 없는 { $format } 파일이에요. 콘텐츠 자격 증명이 담긴, 같은 크기의 다시 인코딩한 사본이에요.
slack-delete-title = 이미지를 삭제할까요?
slack-delete-text = 이미지와 메시지, 파일이 모두에게서 삭제돼요. 되돌릴 수 없어요.
slack-delete-keep = 그대로 두기
slack-not-member = 제가 그 채널에 들어가 있지 않아서 답을 여기로 보내 드려요. 채널에서 답을 받으시려면 /invite로 저를 초대해 주세요.
slack-image-missing = Slack에서 이미지를 보여 주지 못했어요. { $id }로 보관되어 있어요.
