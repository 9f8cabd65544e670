# What a tenant does not allow.
channel-not-allowed = 여기 관리자가 다른 채널에서만 그림을 그리도록 정해 두었어요.
role-not-allowed = 이 서버에서는 정해진 역할이 있는 사람만 그림을 부탁할 수 있는데, 아직 그 역할이 없으세요.

# Where an image comes from.
provenance-ours = ✅ 제가 그린 이미지예요(AI 생성). 파일이 그대로이거나 서명이 온전해요.
provenance-ours-modified = ☑️ 제가 그린 이미지예요(AI 생성). 다만 서명 정보가 떼어져 있어요.
provenance-tampered = ⚠️ 제 서명이 들어 있지만, 서명한 뒤에 그림이나 서명 정보가 바뀌었어요. 믿지 마세요.
provenance-foreign-credential = ℹ️ 다른 곳의 서명이 들어 있는 파일이에요. 제가 보증할 수는 없어요.
provenance-unknown = ❔ 제가 아는 파일이 아니에요. 다른 곳에서 왔거나, 서명 없이 바뀐 사본일 수 있어요.
provenance-made = { $edited ->
    [yes] { $date }에 “{ $engine }” 엔진으로, 이전 그림을 고쳐서 그렸어요.
   *[no] { $date }에 “{ $engine }” 엔진으로 새로 그렸어요.
}
provenance-removed = { $date }에 “{ $engine }” 엔진으로 그렸고, 그 뒤에 삭제되었어요.
provenance-stranger = 누가 무엇을 부탁했는지는 그 대화를 읽을 수 있는 분에게만 알려 드려요.
provenance-requester = 부탁한 사람: { $name }
provenance-prompt = 요청: { $prompt }
provenance-size = { $width } × { $height } 픽셀, 시드 { $seed }
provenance-history = 바탕이 된 그림:
provenance-step = • { $date } (UTC): { $prompt }
provenance-step-removed = • 지금은 삭제된 그림
provenance-step-hidden = • 읽을 수 없는 대화의 그림
provenance-more = • 그 밖에 { $count }장

# How much is used.
usage-today = 오늘(UTC) 그린 그림: 내 그림 { $mine }장, 모두 { $all }장.
usage-left = 오늘은 { $limit }장 중 { $left }장이 남았어요.
usage-unlimited = 하루 제한이 없어요.
usage-plan = 요금제: { $plan }
usage-queue = { $waiting ->
    [0] 기다리는 요청이 없어요.
   *[other] 진행 중이거나 기다리는 요청이 { $waiting }개 있어요.
}

# Settings of a tenant.
settings-changed = ✅ 저장했어요.
settings-channels = { $count ->
    [0] 채널: 모두
   *[other] 채널: { $list }
}
settings-roles = { $count ->
    [0] 부탁할 수 있는 사람: 모두
   *[other] 부탁할 수 있는 사람: { $list }
}
settings-strictness = { $strictness ->
    [strict] 검사: 엄격
   *[standard] 검사: 보통
}
settings-style = { $style ->
    [none] 기본 스타일: 없음
   *[other] 기본 스타일: { $style }
}
settings-retention = { $days ->
    [0] 그림을 계속 보관해요.
   *[other] { $days }일 뒤에 그림을 지워요.
}
settings-language = { $language ->
    [en] 올리는 글의 언어: 영어
    [ko] 올리는 글의 언어: 한국어
   *[none] 올리는 글의 언어: 서버의 언어
}
settings-threads = { $threads ->
    [thread] 채널의 첫 요청: 새 스레드에서 답해요
   *[channel] 채널의 첫 요청: 채널에서 바로 답해요
}
settings-spoiler = { $spoiler ->
    [yes] 클릭하기 전까지 그림을 가려요.
   *[no] 그림을 바로 보여 줘요.
}
settings-plan = 요금제: { $plan } (운영자만 바꿀 수 있어요)
settings-choose-channels = 그림을 그릴 채널 (고르지 않으면 모두)
settings-choose-roles = 부탁할 수 있는 역할 (고르지 않으면 모두)

# Deleting somebody's data.
erase-warning = **제가 그려 드린 모든 그림과 저에게 쓴 모든 글을 모든 서버에서 지워요. 되돌릴 수 없어요.** 진행 중인 요청도 멈춰요.
erase-done = ✅ 그림과 글을 모두 지웠어요.
erase-stays-counts = 남는 것: 이름 없이 날짜별로 그린 그림의 수,
erase-stays-tombstones = 사본을 알아보고 다시 들어오지 못하게 하는, 지운 그림의 체크섬,
erase-stays-others = 다른 사람이 그 그림으로 만든 그림(원래 그림은 빼고),
erase-stays-platform = 그리고 채팅에 직접 쓰신 글이에요. 그 글은 채팅에서 직접 지우실 수 있어요. 그림이 담긴 제 글은 채팅이 허락하는 만큼 지울게요.

# Help.
help-intro = **안녕하세요, Threadbrush예요.** 말씀하신 대로 그림을 그려요. AI로 만들고, 검사하고, 서명해요.
help-draw = **그리기**: 저를 멘션하거나 그리기 명령을 써 주세요: “포스터: 파란 자동차 왼쪽에 빨간 사과 세 개, 제목 "SALE", 배경 #ffeecc”. 이미지, 크기(3:2, 1536x1024), 스타일, 시드도 넣을 수 있어요.
help-revise = **고치기**: 그림에 답장하거나 그 스레드에 써 주세요: “자동차를 노란색으로”, “하나 더”, “뭘 바꿨어?”. 이전 그림에 답장하면 그 그림부터 이어 가요.
help-buttons = **버튼**: 그림마다 변형, 수정, 다시, 2배 확대, 자세히, 삭제 버튼이 있어요. 합치기 명령은 이미지 2~6장으로 콜라주를 만들어요.
help-check = **확인**: 출처 명령은 제 그림인지, 설명 명령은 무엇이 있는지 알려 드려요. 메시지 메뉴의 앱에도 있어요.
help-limits = **한도**: 사용량은 오늘 남은 양을, 갤러리는 그린 그림을 보여 주고, 취소는 진행 중인 요청을 멈춰요.
help-privacy = **내 정보**: 개인정보 내보내기는 저장된 모든 정보를 보내 드리고, 개인정보 삭제는 모두 지워요.
help-engine = { $engine ->
    [sketch] 여기서 쓰는 엔진은 “sketch”예요. 글자와 색과 배치가 정확한 벡터 그림을 그리고, 사진은 그리지 못해요.
   *[other] 여기서 쓰는 엔진은 “{ $engine }”예요.
}
