# What a tenant does not allow.
channel-not-allowed = 이 서버의 관리자가 다른 채널에서만 그림을 그리도록 정해 두었어요.
role-not-allowed = 이 서버에서는 정해진 역할이 있는 사람만 그림을 부탁할 수 있는데, 아직 그 역할이 없으세요.
