# 모델이 그릴 때 사람들에게 하는 말.
neural-cannot-revise = 이곳의 모델은 글만 보고 그려서 그림을 고칠 수 없어요. 원하는 그림 전체를 설명해 주시면 새로 그려 드릴게요.
neural-cannot-look = 이곳의 모델은 글만 보고 그려서 이미지를 볼 수 없어요. 보고 싶은 것을 글로 설명해 주세요.
stage-in-line = { $place ->
    [1] 바로 다음 차례예요
   *[other] { $place }번째로 기다리는 중
}
stage-in-line-for = { $place ->
    [1] 바로 다음 차례예요
   *[other] { $place }번째로 기다리는 중
}, 약 { $seconds }초
stage-drawing-for = 그리는 중, 약 { $seconds }초 남음
