# Describing an image: from our record, or measured.
describe-record = 제가 그린 이미지예요. 아래 내용은 저장된 기록에서 가져왔어요.
describe-shows = { $alt }
describe-prompt = 요청한 내용: “{ $prompt }”
describe-facts = { $width } × { $height } 픽셀, 스타일 { $style }, 시드 { $seed }, { $engine } 엔진으로 그렸어요.
describe-receipt = { $failed ->
    [0] 확인 결과: 요청대로 { $passed }개, 확인하지 못한 것 { $open }개.
   *[other] 확인 결과: 요청대로 { $passed }개, 요청과 다른 것 { $failed }개, 확인하지 못한 것 { $open }개.
}
describe-measured = 보여 드릴 수 있는 기록이 없는 이미지예요. 이미지를 이해하는 모델이 설정되어 있지 않아서, 아래 내용은 이해한 것이 아니라 측정한 값이에요.
describe-size = { $alpha ->
    [yes] { $width } × { $height } 픽셀, 투명한 부분이 있어요.
   *[no] { $width } × { $height } 픽셀, 투명한 부분은 없어요.
}
describe-colors = 주요 색: { $colors }.
describe-text = 읽어 낸 글자: “{ $text }”
describe-no-text = 읽을 수 있는 글자가 없어요.
describe-text-unread = 글자를 읽는 기능이 설정되어 있지 않아서 글자는 확인하지 않았어요.
describe-color = { $tone ->
    [dark] 어두운 { $hue }
    [light] 밝은 { $hue }
   *[plain] { $hue }
} ({ $hex })
describe-hue = { $name ->
    [pink] 분홍색
    [red] 빨간색
    [orange] 주황색
    [brown] 갈색
    [beige] 베이지색
    [yellow] 노란색
    [green] 초록색
    [turquoise] 청록색
    [blue] 파란색
    [purple] 보라색
    [black] 검은색
    [white] 흰색
   *[gray] 회색
}
