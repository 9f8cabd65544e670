# Options that cannot be met.
size-impossible = { $width } × { $height } 픽셀은 만들 수 없어요. 한 변은 { $low }에서 { $high } 픽셀 사이여야 해요.
aspect-impossible = { $width }:{ $height } 비율은 만들 수 없어요. 긴 변은 짧은 변의 세 배까지만 돼요.
color-invalid = { $color } 색은 읽을 수 없어요. #ffeecc나 #fec처럼 쓰거나 색 이름으로 알려 주세요.
count-impossible = 한 번에 1장에서 { $most }장까지 그릴 수 있어요. { $count }장은 안 돼요.
seed-impossible = 시드는 0에서 { $most } 사이의 정수여야 해요.
jpeg-transparent = JPEG는 투명하게 저장할 수 없어요. PNG나 WebP로 요청해 주세요.
style-unavailable = “{ $style }” 스타일은 여기서 쓸 수 없어요. 플랫, 선화, 스티커, 포스터, 종이 스타일로 그릴 수 있어요.
format-unavailable = { $format } 파일로는 저장할 수 없어요. PNG, WebP, JPEG로 저장할 수 있어요.
