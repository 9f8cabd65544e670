# Buttons and commands: vary, retry, upscale, blend.
source-removed = 그 그림은 삭제되어서 더 이상 무언가를 만들 수 없어요.
retried = 같은 요청을 시드 { $seed }(으)로 다시 그렸어요.
upscaled = 크기, 이제 { $width } × { $height } (새로 그려서 선명해요)
upscale-too-large = 그러면 { $width } × { $height } 픽셀이 돼요. 그림의 한 변은 최대 { $most } 픽셀이에요.
upscale-unavailable = 이 그림은 여기서 더 크게 그릴 수 없어요.

# Collages
blend-needs-images = { $count ->
    [0] 이미지를 2장에서 6장까지 첨부해 주세요. 하나의 색감으로 콜라주를 만들어 드릴게요.
   *[other] 이미지가 한 장뿐이에요. 서로 다른 이미지를 2장에서 6장까지 첨부해 주시면 하나의 색감으로 콜라주를 만들어 드릴게요.
}
blend-too-many = 콜라주 하나에는 이미지를 최대 { $most }장까지 넣을 수 있어요.
collage = 이 그림은 콜라주예요. 올려 주신 이미지 { $count }장을 그대로 나란히 놓고, 공통된 색으로 배경을 꾸몄어요. 한 장으로 합성한 것은 아니에요.
collage-image = 이미지 { $number }
collage-shows-uploads-only = 콜라주에는 올려 주신 이미지만 들어가서 다음은 빠졌어요: { $things }
