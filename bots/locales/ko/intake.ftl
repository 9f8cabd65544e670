# Why an uploaded file is not taken.
intake-not-an-image = 읽을 수 있는 그림 파일이 아니에요. PNG, JPEG, WebP, 움직이지 않는 GIF를 올려 주세요.
intake-unsupported-type = 파일 이름과 상관없이 지원하지 않는 형식이에요. PNG, JPEG, WebP, 움직이지 않는 GIF를 올려 주세요.
intake-too-large = 파일이 { $megabytes }MB보다 커요. 더 작은 파일을 올려 주세요.
intake-too-many-pixels = 그림이 너무 커요. 최대 { $megapixels }메가픽셀, 한 변 { $side }픽셀까지 쓸 수 있어요.
intake-too-small = 그림이 너무 작아요. 가로와 세로가 각각 { $side }픽셀 이상이어야 해요.
intake-animated = 움직이는 그림은 쓸 수 없어요. 한 장면만 담은 정지 그림을 올려 주세요.
intake-truncated = 그림 파일이 손상되었거나 끝까지 올라오지 않았어요. 다시 올려 주세요.
