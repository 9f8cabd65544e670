transparency-not-made = 배경을 투명하게 만들지 못했어요. 그림이 한 가지 단색 배경 위에 있지 않아요.
shape-cropped = 모델이 다른 비율로 그려서 가장자리를 조금씩 고르게 잘라 냈어요.
text-lettered = { $count ->
   *[other] 모델이 글자를 틀리게 그려서, 글 { $count }개를 그림 위에 정확히 얹었어요.
}
