# What is said when nothing is drawn.
no-image-to-revise = 이 대화에는 아직 고칠 이미지가 없어요. 무엇을 그릴지 알려 주세요. 예: “나무 옆에 빨간 자동차”.
no-image-to-vary = 이 대화에는 아직 다시 그릴 이미지가 없어요. 먼저 무엇을 그릴지 알려 주세요.
no-image-to-undo = 이 대화에는 아직 이미지가 없어서 되돌릴 것이 없어요.
no-image-to-ask-about = 이 대화에는 아직 설명할 이미지가 없어요. 먼저 무엇을 그릴지 알려 주세요.
no-such-image = 고를 수 있는 이미지는 { $count }장이고 { $number }번째는 없어요. 어느 이미지를 말씀하시나요?
nothing-to-undo = 이것이 첫 버전이라 더 되돌릴 것이 없어요.
what-to-draw = 무엇을 그릴까요? 예: “파란 자동차 왼쪽에 빨간 사과 세 개, 제목 '세일', 배경 #ffeecc”.
what-with-upload = 이미지를 받았어요. 이걸로 무엇을 할까요? 예: “제목 '안녕'을 넣어 포스터로 만들어 줘”.
what-i-do = 말로 설명하면 그림을 그리고, 말씀대로 고쳐요. “소파 위의 고양이”, “고양이를 주황색으로 바꿔줘”, “제목 '우리 집' 추가해줘”, “되돌려줘”, “하나 더”처럼 말해 주세요. 크기, 배경, 색, 스타일, 장수, 시드도 정할 수 있어요.
you-are-welcome = 천만에요! 고치거나 새로 그릴 것이 있으면 말해 주세요.
no-instructions = 저는 그림만 그려요. 알려 드릴 지시 사항은 없으니, 보고 싶은 그림을 말해 주세요.

what-to-change = 알겠어요. 어떻게 바꿀지 알려 주세요. 예: “차를 파란색으로 바꿔줘”. “되돌려줘”나 “하나 더”라고 해도 돼요.
what-was-meant = 무엇을 바꿀지 한 번만 더 말해 주세요. 예: “차를 파란색으로 바꿔줘”.

# Answers about an image.
answer-why = 저는 말씀하신 내용을 정해진 규칙대로 그릴 뿐이라 다른 이유는 없어요. 이 그림의 요청은 “{ $prompt }”였어요.
answer-why-missed = 저는 말씀하신 내용을 정해진 규칙대로 그려요. 이건 할 수 없었어요: { $list }
answer-seed = 시드는 { $seed }예요.
answer-size = 크기는 { $width } × { $height } 픽셀이에요.
answer-object-size = { $name }의 크기는 약 { $width } × { $height } 픽셀이에요.
answer-background = 배경색은 { $color }예요.
answer-background-gradient = 배경은 { $top }에서 { $bottom }까지의 그라데이션이에요.
answer-background-transparent = 배경은 투명해요.
answer-background-open = 배경색은 정해지지 않아서 엔진이 골랐어요.
answer-color = { $name }: { $color }.
answer-color-own = { $name }의 색은 요청되지 않아서 원래 그림의 색 그대로예요.
answer-colors = 색은 이래요. { $list }
answer-changes = 이렇게 바꿨어요. { $list }
answer-changes-undo = 이전 버전을 다시 가져왔고, 다른 건 바꾸지 않았어요.
answer-changes-vary = 같은 요청을 시드 { $seed }(으)로 다시 그렸어요.
answer-changes-none = 그림에서 바뀐 것은 없어요.
answer-changes-new = 새로 그린 그림이라 바뀐 것은 없어요.
answer-count = { $name }: { $count }개예요.
answer-count-all = 그림에 모두 { $count }개가 있어요.
answer-engine = { $engine } 엔진(모델 { $model }, 버전 { $version })으로 그렸어요.
answer-style = 스타일은 { $style }예요.
answer-prompt = 요청은 이랬어요. { $prompt }
answer-format = { $format } 파일이고 { $kilobytes } kB예요.
answer-text = 이렇게 쓰여 있어요. { $text }
answer-missed = 요청대로 되지 않은 것이 있어요. { $list }
answer-missed-nothing = 확인한 범위에서는 모두 요청대로 됐어요.
answer-summary = 그림에 있는 것: { $things }. 크기는 { $width } × { $height } 픽셀이고, { $engine } 엔진이 시드 { $seed }(으)로 그렸어요.
answer-summary-plain = 크기는 { $width } × { $height } 픽셀이고, { $engine } 엔진이 시드 { $seed }(으)로 그렸어요.
