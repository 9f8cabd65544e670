# 그리기 엔진이 요청대로 하지 못한 것.
missing-glyph = 이 글자들은 쓸 수 있는 글꼴이 없어서 뺐어요: { $characters }
text-shortened = 글이 자리보다 길어서 끝부분을 줄였어요: { $text }
art-missing = { $object }에 맞는 그림이 없어서 넣지 못했어요.
image-missing = { $object }(으)로 올려 주신 이미지를 읽을 수 없어서 넣지 못했어요.
engine-needs-scene = 이 엔진은 계획된 장면이 있어야 그릴 수 있는데, 이 요청에는 장면이 없어요.
