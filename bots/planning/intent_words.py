"""The words by which people ask to revise, vary, undo or know something, in English and Korean. Patterns only."""

import re
from typing import Final

_END = r"(?![0-9A-Za-z가-힣])"

MENTION: Final = re.compile(r"<@[!&]?\w{1,40}>|<@[A-Z0-9]{1,20}\|[^>]{1,80}>")
POLITE: Final = re.compile(
    r"(?:(?:please|pls|ok(?:ay)?|now|then|next|and|also|so|well|hey|hi|hello|thanks|thank you|great|nice|cool|perfect|good|yes|yeah|actually|"
    r"just|instead|hmm+|oh|wait|sorry|alright|이제|그럼|그러면|음|좋아|이번엔|이번에는|그리고|혹시|자|네|응|고마워)(?![\w가-힣])[\s,.!]*"
    r"|(?:can|could|would|will)\s(?:you|we|u)\s(?:please\s)?(?:try\sto\s)?|is\sit\spossible\sto\s|i(?:'d|\swould)\slike\syou\sto\s|i\swant\syou\sto\s|let's\s)",
    re.IGNORECASE,
)

SMALLTALK: Final = re.compile(
    r"(?:thanks?(?:\syou)?|thx|ty|cheers|nice|cool|great|perfect|awesome|amazing|beautiful|lovely|wow|good\s(?:job|work|one|bot)|well\sdone|love\sit|"
    r"i\s(?:love|like)\s(?:it|this|that)|looks?\s(?:good|great|nice)|that's\s(?:great|nice|perfect|it|good)|very|so\smuch|much|a\slot|really|it|this|"
    r"hi|hello|hey|good\s(?:morning|evening|night)|bye|ok(?:ay)?|yes|no|yeah|lol|haha+|hehe+|yay|so|what\sa\s\w{1,12}(?:\s\w{1,12})?|"
    r"고마워요?|고맙습니다|감사해요|감사합니다|감사|땡큐|멋져요?|멋지다|좋아요?|좋다|좋네요?|예쁘다|예뻐요?|예쁘네요?|최고(?:야|예요|다)?|완벽해요?|대박|와+|우와|오+|"
    r"안녕(?:하세요)?|잘했어요?|수고(?:했어|하셨어요)?|굿|네|응|ㅇㅇ|정말|진짜|너무|아주|[ㅋㅎㅠㅜ]+|[\s,.!~^♡♥:)(;-]+)",
    re.IGNORECASE,
)
MUSING: Final = re.compile(
    r"(?:(?:h+m+|u+h+|u+mm*|huh|er+|meh|ugh+|nah+|nope?|nvm|never\s?mind|whatever|idk|dunno|i\sdon'?t\sknow|not\ssure|wtf|omg|wrong|bad|ew+|"
    r"(?:this|that|it)(?:'?s|\sis)?\s(?:wrong|bad|not\s(?:right|good|it)|ugly|weird)|thats\s(?:wrong|not\sit)|not\s(?:good|right|that|this|it|like\s(?:this|that))|looks?\s(?:bad|weird|off|wrong)|"
    r"i\s(?:don'?t|do\snot)\slike\s(?:it|this|that)|hate\s(?:it|this)|let\sme\sthink|not\ssure\syet|really|so|please|"
    r"음+|흠+|글쎄요?|아니요?|아니야|아냐|아뇨|별로(?:야|예요|네요?|다)?|됐어요?|몰라요?|모르겠(?:어요?|네요?)|헐|엥|에이|이상해요?|이상하네요?|마음에\s?안\s?들어요?|이거\s?아닌데요?|아닌데요?|왜\s?이래요?)|[\s,.!?~…;:)(-]+)+",
    re.IGNORECASE,
)
HELP: Final = re.compile(
    r"(?:help|what\s(?:can|do)\syou\sdo|how\s(?:does\sthis|do\syou|do\si\suse)\s?[\w\s]{0,30}|who\sare\syou|(?:뭐|뭘|무엇을|무얼)\s?할\s?수\s?있[가-힣]{1,3}|도움말|도와줘요?|넌?\s?누구[가-힣]{0,3}|사용법[가-힣\s]{0,8})[\s?!.]*",
    re.IGNORECASE,
)
INSTRUCTIONS: Final = re.compile(
    r"\b(?:system|hidden|initial|developer|secret)\s(?:prompt|instructions?|message)\b|\byour\s(?:(?:exact|original|full|own)\s)?(?:instructions|prompt|rules|guidelines)\b"
    r"|\b(?:ignore|disregard|forget)\s(?:all\s|any\s|the\s|your\s|my\s)*(?:previous|prior|above|earlier|instructions)\b|\b(?:reveal|print|repeat|leak)\s(?:your|the)\s(?:\w{1,12}\s)?(?:instructions|prompt|rules)\b"
    r"|시스템\s?프롬프트|숨겨진\s?(?:지시|명령)|(?:너의|네|당신의)\s?(?:지시\s?사항|지시|지침|프롬프트|규칙)|(?:이전|위의|앞의)\s?(?:지시|명령|지침)[가-힣\s]{0,6}무시",
    re.IGNORECASE,
)
UNDO: Final = re.compile(
    r"(?:\b(?:undo|revert|roll\s?back|go\sback|step\sback|take\sthat\sback|change\sit\sback|put\sit\sback|bring\sback|restore|back\sto)\b"
    r"|되돌려|되돌리|되돌아|원래대로|원상\s?복구|실행\s?취소|취소해|방금\s?(?:거|것|변경)[가-힣\s]{0,4}취소|이전(?:으로|\s?(?:상태|버전|그림|이미지|단계)(?:으)?로)|전으로|뒤로\s?(?:가|돌아|돌려)|롤백|돌아가|^\W*취소\W*$)",
    re.IGNORECASE,
)
STEPS: Final = re.compile(
    r"\b(?P<english>\d{1,2}|two|three|four|five|twice)\b(?:\s(?:steps?|times?|changes?|versions?|edits?))?|(?P<korean>\d{1,2}|두|세|네)\s?(?:단계|번|개)",
    re.IGNORECASE,
)
STEP_NUMBERS: Final = {"two": 2, "twice": 2, "three": 3, "four": 4, "five": 5, "두": 2, "세": 3, "네": 4}
VARY: Final = re.compile(
    r"(?:\b(?:(?:give\sme|show\sme|get|have|make|draw|do|create|generate|try)\s)?(?:(?:yet\s)?another\s(?:one|version|try|variation|variant|option|take|go|attempt|image|picture)|(?:one|two|three|a\sfew|some|\d{1,2})\smore(?:\s(?:versions?|variations?|options?|images?|pictures?|times?|try|tries|please))?"
    r"|an?\s(?:different|new|alternative|other)\s(?:one|version|variation|variant|option|take|layout)|different\s(?:version|versions|one|variation|take)|something\sdifferent|(?:some\s)?variations?|vary(?:\s(?:it|this|that))?|more\s(?:versions|variations|options|like\s(?:this|that|it))|alternatives?)\b"
    r"|\b(?:try|do|draw|make|generate)\s(?:it\s|this\s|that\s)?(?:once\s(?:more|again)|again|over)\b|\b(?:once\s(?:more|again)|again|retry|redo|reroll|re-roll|regenerate)\b(?:\s(?:it|this|that)\b)?"
    r"|(?:다시\s?(?:한\s?번\s?)?(?:그려|만들어|해|시도해?|뽑아)?\s?(?:줘요|줘|주세요|봐요|봐|볼래)?|한\s?번\s?더|하나\s?더|한\s?장\s?더|(?:하나|한\s?장|몇\s?장|몇\s?개|[두세네\d]\s?[장개])\s?더|또\s?(?:하나|다른\s?(?:거|것|버전))|(?:다른|새로운?)\s?(?:버전|거|것|걸로|느낌|시안|안)(?:으로|을|를|도|로)?|변형|재시도|리롤)(?![가-힣]))",
    re.IGNORECASE,
)
VARY_FILLER: Final = re.compile(
    r"(?:please|pls|of|it|this|that|the|same|image|picture|poster|for|me|us|but|with|a|now|one|give|show|make|draw|try|seed|"
    r"그려|만들어|보여|해|뽑아|부탁해|줘요|줘|주세요|줄래|요|이거|이것|그거|의|로|으로|씩|더|좀|\W)+",
    re.IGNORECASE,
)

QUESTION_EN: Final = re.compile(
    r"(?:what(?:'s|\sis|\sare|\swas|\swere|\sdid|\sdo|\sdoes|\shas|\ssize|\scolou?rs?|\sseed|\sstyle|\sfont|\sengine|\smodel|\schanged|\sbackground|\sformat|\skind|\sresolution|\sprompt|\selse)\b"
    r"|which\b|why\b|how\s(?:many|big|large|wide|tall|did|do|does|is|are|was|were|long|come|much)\b|who\b|when\b|where(?:'s|\sis|\sare|\sdid)\b|(?:is|are|was|were|did|does|has)\s(?:it|the|this|that|there|you|they|a|any|all|everything)\b|do\syou\b"
    r"|tell\sme\b(?!\sa\sstory)|explain\b|describe\s(?:it|this|that|the|what)\b)",
    re.IGNORECASE,
)
_KO_ASKS = r"뭐|뭘|무엇|무슨|어떤|어느|몇|왜|어떻게|어디|누가|누구|언제|얼마"
QUESTION_KO: Final = re.compile(
    rf"(?:{_KO_ASKS})[^\n]{{0,60}}?(?:야|니|냐|나요|까요?|어요?|었어|했어|지|죠|예요|이에요|인가요?|돼요?|되나요|됐어|요|는지)\s*[?？.!]*\s*$|(?:{_KO_ASKS})[^\n]{{0,80}}[?？]|(?:알려|설명해|말해)\s?(?:줘요?|주세요|줄래)|[?？]\s*$"
)
REQUEST_KO: Final = re.compile(
    r"(?:그려|만들어|바꿔|바꾸어|옮겨|지워|빼|넣어|추가해|키워|줄여|고쳐|없애|돌려|칠해|생성해|제작해|써|해)\s?(?:줘|주세요|줄래|줄\s?수|주실|주겠|볼래|달라|놔|둬)|[가-힣]면\s?(?:어때|어떨까|좋겠)"
)
ABOUT: Final = re.compile(r"(?:how|what)\sabout\b|what\sif\b|why\snot\b", re.IGNORECASE)

REVISE_EN: Final = re.compile(
    r"(?:(?:make|turn|color|colour|paint|set|put|have|get|use|draw|render|show|give|recolou?r)\s(?:(?:all|both|each|only)\s(?:of\s)?)?(?:the|it|its|them|this|that|these|those|everything|everyone|him|her)\b"
    r"|(?:change|move|remove|delete|erase|drop|add|replace|swap|rotate|flip|mirror|tilt|resize|rescale|scale|recolou?r|shrink|enlarge|enlarged?|increase|decrease|reduce|rename|retitle|keep|align|center|centre|crop|shift|lower|raise|hide|fix|adjust|edit|modify|update|switch|brighten|darken|lighten|reword|insert|place|include|duplicate|get\srid\sof|take\s(?:away|out|off)|turn\sit|put|zoom)\b"
    r"|(?:a\s(?:bit|little|lot|touch)\s|much\s|even\s|slightly\s|way\s)?(?:bigger|smaller|larger|brighter|darker|lighter|wider|taller|shorter|thinner|thicker|warmer|cooler|higher|lower|closer)\b"
    r"|(?:more|less|fewer|without|no|not|only|both|all|it|they|the|its|a\s(?:different|darker|lighter|bigger|smaller|larger|second|third|bit|little)|another\scolou?r|same|with)\b"
    r"|(?:sub)?title\b|caption\b|(?:a|an|the)?\s?(?:\w{3,12}\s)?(?:background|backdrop|bg)\b|i\s(?:want|need|would\slike|'d\slike)\s(?:it|the|them)\b|(?:to\sthe\s)?(?:left|right|up|down)\b|in\s\w{1,12}\b)",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)"
CREATE_EN: Final = re.compile(
    r"(?:(?:draw|paint|sketch|create|generate|design|make|render|produce|show|illustrate|do|compose|build|give)\s(?:me\s|us\s)?"
    rf"(?!(?:it|the|this|that|them|these|those|its)\b)|(?:i\s(?:want|need)|i'd\slike|i\swould\slike|we\sneed|let's\s(?:have|do))\s(?=(?:a|an|some|{_NUMBER})\b))(?P<article>(?:a|an|some|{_NUMBER}|another|new)\b)?",
    re.IGNORECASE,
)
INDEFINITE_EN: Final = re.compile(
    rf"(?:a|an|some|several|{_NUMBER})\s(?!(?:bit|little|lot|touch|different|darker|lighter|bigger|smaller|larger|second|third|brighter|\w{{1,12}}\sone|more)\b)|new\s|(?:poster|sticker|infographic|logo|banner|icon|picture|image|illustration|portrait)\s?(?::|of\b|with\b|for\b)",
    re.IGNORECASE,
)
REVISE_KO: Final = re.compile(
    r"바꿔|바꾸|변경|옮겨|옮기|이동|지워|지우|삭제|빼줘|빼고|빼\s|없애|제거|추가|넣어|넣고|더해|더\s?(?:크|작|밝|어둡|진하|연하|높|낮|왼|오른|위|아래)|키워|키우|줄여|줄이|크게|작게|밝게|어둡게|진하게|연하게|돌려|회전|뒤집|고쳐|고치|수정|늘려|늘리|올려|내려|교체|칠해|붙여|[가-힣]게\s?(?:해|만들)|[가-힣]색?(?:으로|로)\s?(?:해|만들|칠|변)|버전|제목(?:은|을|이)|글자(?:는|은|를|을)|배경(?:은|을|이)|(?:으로|로)\s?해\s?줘?|투명|만\s?남|세로로|가로로|정사각형으로"
)
CREATE_KO: Final = re.compile(r"그려|그리|만들|생성|디자인|제작|뽑아|보여|부탁|하나\s?(?:더\s?)?그|새로운?\s")
