# What is said at once to a message, and why one cannot be completed.
cannot-read-you = 여기서는 저에게 보낸 메시지만 읽을 수 있어요. 저를 멘션하거나, 알림을 켠 채로 제 메시지에 답장해 주세요.
attachment-gone = “{ $name }” 파일을 더 이상 가져올 수 없어요. 삭제되었을 수 있으니 다시 올려 주세요.
attachment-too-large = “{ $name }” 파일이 { $megabytes }MB보다 커요. 더 작은 파일로 보내 주세요.
