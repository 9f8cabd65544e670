"""The words by which talk among people is told from requests, in English and Korean. Patterns only."""

import re
from typing import Final

_END_KO = r"(?:\s*[.!?~…^ㅋㅎㅠㅜ]*\s*$)"

MENTION: Final = re.compile(
    r"(?:(?:hey|hi|yo|ok|thanks|thank you|cc)?[\s,]*)(?:<@[!&]?\w{1,40}(?:\|[^>]{1,80})?>|@[^\W\d_][\w.-]{0,31})",
    re.IGNORECASE,
)
MENTION_AT_END: Final = re.compile(r"(?:<@[!&]?\w{1,40}(?:\|[^>]{1,80})?>|@[^\W\d_][\w.-]{0,31})[\s?!.]*$")
LINK: Final = re.compile(r"\s*+(?:<?https?://\S{1,300}+\s*+)++", re.IGNORECASE)
OPENING: Final = re.compile(
    r"(?:(?:please|pls|ok(?:ay)?|now|then|next|and|also|so|well|hey|hi|hello|great|nice|cool|perfect|good|yes|yeah|yep|actually|but|wow|oops|"
    r"just|instead|hmm+|oh|wait|sorry|alright|maybe|perhaps|almost|lol|haha+|thanks|thank\syou|no|nah|looks\sgood|love\sit|ugh+|never\s?mind|nvm|"
    r"이제|그럼|그러면|음+|좋아요?|이번엔|이번에는|그리고|혹시|자|네|응|아|오|와|근데|고마워요?|예쁘다|좋네요?)(?![\w가-힣])[\s,.!~:)]*)",
    re.IGNORECASE,
)

_NICE = (
    r"thanks?(?:\syou)?|no\sproblem|no\sworries|never\s?mind|thx|tysm|ty|cheers|nice|cool|great|perfect|awesome|amazing|beautiful|lovely|wow+|neat|sweet|sick|dope|fire|based|cute|funny|hilarious|brilliant|epic|"
    r"good|well|done|love|like|it|this|that|one|job|work|bot|looks?|looking|very|so|such|much|a|an|lot|really|too|all|guys|everyone|everybody|folks|team|man|dude|bro|mate|"
    r"hi|hello|hey|yo|morning|evening|night|bye|cya|ok(?:ay)?|k|kk|yes|no|yeah|yep|yup|nope|nah|sure|right|true|same|agreed?|exactly|indeed|fair|enough|point|lol|lmao|rofl|xd|ha(?:ha)+|he(?:he)+|hah|"
    r"yay|what|i|we|see|got|know|understand|brb|afk|gtg|omg|wtf|oh|ah|ooh|aww+|hm+|uh+|um+|huh|meh|idk|imo|imho|tbh|np|welcome|you're|youre|congrats?|congratulations|happy|birthday|"
    r"wait|sorry|oops|nvm|whatever|later|soon|now|today|tomorrow|tonight|\+1|-1|the|best|ever|is|are|was|be|to|me|my|for|of|in|on|at|and|or|but|not|bad|interesting|fun|gold|legend|win|wins"
)
_NICE_KO = (
    r"고마워요?|고맙습니다|감사해요|감사합니다|감사|땡큐|멋져요?|멋지다|멋있다|좋아요?|좋다|좋네요?|예쁘다|예뻐요?|예쁘네요?|귀엽다|귀여워요?|귀엽네요?|최고(?:야|예요|다)?|완벽해요?|대박|쩐다|"
    r"와+|우와+|오+|헐|안녕(?:하세요)?|잘했어요?|수고(?:했어|하셨어요|하세요)?요?|굿|굳|네+|넵|응+|ㅇㅇ|ㅇㅋ|ㄱㅅ|ㄴㄴ|정말|진짜|너무|아주|완전|웃기다|웃겨요?|재밌다|재밌네요?|맞아요?|그러게요?|그쵸|인정|그래요?|알겠어요?|알았어요?|"
    r"글쎄요?|음+|흠+|이거|그거|다들|여러분|얘들아|그럼|그치|[ㅋㅎㅠㅜㄷ]+"
)
# Atomic and possessive: a long run of such words that ends in another one costs nothing.
CHATTER: Final = re.compile(rf"(?>(?>{_NICE}|{_NICE_KO})(?![\w가-힣])|\W)++", re.IGNORECASE)

_CHANGING = (
    r"change|move|remove|delete|erase|drop|add|replace|swap|rotate|flip|mirror|tilt|resize|rescale|scale|recolou?r|shrink|enlarge|increase|decrease|reduce|rename|retitle|keep|align|cent(?:er|re)|crop|"
    r"shift|lower|raise|hide|fix|adjust|edit|modify|update|switch|brighten|darken|lighten|reword|insert|place|include|duplicate|get\srid\sof|take|turn|put|zoom|make|color|colour|paint|set|have|use|give|"
    r"blend|combine|merge|mix|draw|render|show|sketch|create|generate|design|produce|illustrate|compose|try|redo|retry|vary|undo|revert|go\sback|roll\s?back|restore|isolate|export|save|write|call"
)
PRAISE_EN: Final = re.compile(
    r"(?:(?:so|very|what\sa|such\sa|a)\s)*(?:nice|cool|great|good|sweet|lovely|awesome|amazing|beautiful|cute|funny|perfect|love\sthe|love\sthat|dope|sick|neat|fancy|excellent|poor|silly)\s[\w'-]{1,20}(?:\s[\w'-]{1,20})?[\s!.~:)]*",
    re.IGNORECASE,
)
ORDER_EN: Final = re.compile(
    rf"(?:{_CHANGING})\b(?!['’](?:s|re|ll|d|ve)\b)|more\b|less\b|fewer\b|no\smore\b", re.IGNORECASE
)
# Orders that no picture can carry out, most of them idioms.
ORDER_TO_PEOPLE_EN: Final = re.compile(
    r"(?:make\ssense|makes\ssense|make\ssure|make\sup|move\son|moving\son|drop\s(?:me|it|by|off|the\s(?:subject|topic))|keep\s(?!only|just)|"
    r"take\s(?:care|your\stime|it\seasy|a\slook|a\sbreak|a\sseat|notes|me|us|the\s(?:bus|train|day)|turns)|have\s(?:a\s(?:nice|good|great|look|seat|go)|fun|you|to|we|they)|"
    r"give\s(?:me|us)\s(?:a\s(?:sec(?:ond)?|minute|moment|call|break|hand|ring|shout)|five|\d+\s(?:min(?:ute)?s?|sec(?:ond)?s?))|give\sit\sa\s(?:rest|day|week)|show\s(?:up|me\s(?:the\sdoor|around|yours)|it\sto|them|him|her)|"
    r"set\sup|put\s(?:it\s)?(?:off|up\swith|me|us|on\shold|the\s(?:meeting|call|kettle))|update\s(?:me|us|the\s(?:ticket|doc|wiki|sheet))|add\s(?:me|us|him|her|them|to\s(?:my|the)\s(?:calendar|list|agenda))|"
    r"try\s(?:to|and|that|it\sout|not|harder|the\s(?:soup|food|pizza|coffee))|use\s(?:your|my|common)|save\s(?:me|us|the\sdate|some|it\sfor)|call\s(?:me|us|him|her|them|it\sa\sday|the)|fix\s(?:the\s(?:bug|printer|build|server|test)|your|my)|"
    r"turn\s(?:up|off|in|out)\b|go\s(?!back)|create\sa\s(?:ticket|branch|channel|doc|meeting)|switch\sto\s(?:zoom|teams|slack|discord|email)|include\s(?:me|us|him|her|them|ben)|change\sof\b|"
    r"more\s(?:or\sless|coffee|tea|beer|meetings?|importantly|like\sit)|less\s(?:is\smore|talk)|write\s(?:to\s)?(?:me|us|him|her|them|back|it\sdown)|show\soff)\b",
    re.IGNORECASE,
)
WISH_EN: Final = re.compile(
    rf"(?:(?:can|could|would|will|can['’]t)\s(?:you|we|u|someone|somebody|anyone|anybody)\s(?:(?:please|pls|maybe|also|just|perhaps)\s)*(?:{_CHANGING})\b(?!\s(?:me\sa\s(?:file|link|favor|favour)|it\sto|them\sto))|"
    r"(?:can|could)\s(?:the|it|this|that|they)\b[^?]{0,40}\b(?:be|have|say|go|look)\b|"
    r"let['’]?s\s(?:have|make|try|change|add|remove|use|move|put|see\s(?:a|an|the|it)|do\s(?:a|an|it)|go\swith\s(?:a|an|the))\b(?!\s(?:lunch|dinner|(?:this|that|it|these|the\s\w{1,10})\b(?:\sone)?\W*(?:$|for\b|as\b|then\b)|a\s(?:call|meeting|chat|beer|coffee|break)|it\s(?:later|tomorrow|monday)))|"
    r"i(?:['’]d|\swould)\s(?:like|love|prefer|rather\shave)\s(?:it|the|a|an|them|this|that|to\ssee|you\sto|some|more|fewer|two|three|\d)\b|(?:i|we)\s(?:want|need)\s(?:it|the|a|an|them|this|that|to\ssee|you\sto|some|more|fewer|two|three|four|five|\d)\b(?!\s(?:break|coffee|beer|vacation|holiday|day|minute|moment|nap|raise|meeting|drink|hug))|"
    r"(?:how|what)\sabout\b(?!\s(?:you|lunch|dinner|tomorrow|monday|tuesday|wednesday|thursday|friday|five|\d|him|her|them|us|next|that\?)\b)|what\sif\b|why\snot\s(?:make|add|try|use|put|a|an)\b|is\sit\spossible\sto\b)",
    re.IGNORECASE,
)
SHOULD_EN: Final = re.compile(
    r"^(?:i\s(?:think|guess)\s|imo,?\s|maybe\s)?(?:the|its?|this|that|everything|all|both|these|those|title|subtitle|caption|background)\b[^.?!]{0,40}?\b(?:should|could|must|needs?\sto|has\sto|have\sto|ought\sto)\s(?:be|say|have|go|stand|read|look|move|point|face)\b"
    r"|\b(?:needs|needs?\ssome|could\suse)\s(?:a|an|some|more|two|three)\b",
    re.IGNORECASE,
)
BETWEEN_PEOPLE_EN: Final = re.compile(
    r"(?:see\s(?:you|ya|u)|talk\s(?:to\syou\s)?(?:later|soon|tomorrow)|what\s(?:do|did|would)\s(?:you|u|y['’]all|we)\s(?:think|say|want|reckon|mean|guys)|do\syou|did\syou\s(?!change|move|remove|add|draw|make|use|forget|miss|edit|keep)|are\s(?:you|we|they)|have\syou|were\syou|who(?:['’]s|\s(?:is|are|wants|will|has|did|can))|when\b|"
    r"how(?:['’]s|\sis|\sare)\s(?:it\sgoing|you|your|things|everyone|the\s(?:weather|project|kids|family))|i['’](?:m|ll|ve)\b|i\s(?:am|will|have|had|was|think\s(?:so|not)|guess\sso|know|don['’]?t|can['’]?t|like|love|hate|saw|see|agree|hope|wonder|showed|sent|told|asked|bought|drive|just|actually|remember|forgot|got|really)\b|"
    r"we\s(?:should\s(?:meet|talk|call|go|ask|send|ship|print)|used|are|were|have|had|can|could|did|don['’]?t|will|['’]ll|['’]re|talked|met|sold)\b|they\s|he\s|she\s|you\s|your\s|my\s|our\s|thanks?\s(?:you\s)?\w|good\s(?:luck|idea|point|question|one|morning|night|evening)|happy\s|"
    r"(?:buy|get(?!\srid)|grab|bring|pick\sup|order|eat|drink|cook|send|post|print|share|ask|tell|meet|check|read|watch|book|pay|sell|park|drive|ship)\s|lunch|dinner|meeting|brb|same\shere|(?:the|that)\s\w{1,12}\sones?\W*$|no\s(?:way|worries|problem|idea|thanks|rush|clue|kidding)|not\s(?:sure|me|now|yet|really)|me\s(?:too|neither|either)|on\smy\sway|be\sright\sback|both\s(?:are|look|work)|only\s(?:on|if|when)|same\s(?:for|with|as)\s(?:me|us)|in\sa\s(?:meeting|call|minute|sec)|with\s(?:you|me|us|ben|love)\b|left\s(?:at|early|the\soffice)|right\s(?:on|now|then|away|after|before))",
    re.IGNORECASE,
)
PERSON_EN: Final = re.compile(
    r"\b(?:i|me|my|mine|you|your|yours|u|we|us|our|he|she|his|they|their|who|somebody|someone|everyone|everybody|anybody|nobody|yesterday|today|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|o['’]clock|pm|am|last\s(?:week|year|night|month)|next\s(?:week|year|month))\b",
    re.IGNORECASE,
)
STATEMENT_EN: Final = re.compile(
    r"\b(?:is|are|was|were|isn['’]?t|aren['’]?t|looks?|looked|seems?|feels?|sounds?|reminds?|works?|worked|came|went|got|broke|hit|told|said|says|thinks?|likes?|loves?|hates?|wants|needs\sit\sby|makes\sme|has\sbeen|will|did|does|had|bought|sold|ate|happened|arrived|died|won|lost|it['’]s|that['’]s|they['’]re|there['’]s)\b",
    re.IGNORECASE,
)
QUESTION_EN: Final = re.compile(
    r"(?:what|which|why|how|who|when|where|is|are|was|were|did|does|do|has|have|can|could|would|should|will|tell\sme|explain|describe|any)\b",
    re.IGNORECASE,
)
_PICTURE = (
    r"(?:picture|image|poster|drawing|sketch|illustration|version|sticker|scene|card|chart|banner|render(?:ing)?)"
)
ABOUT_PICTURE_EN: Final = re.compile(
    rf"\b(?:seed|backgrounds?|backdrop|resolution|pixels?|receipt)\b|\bwhat(?:['’]s|\shas|\sis|\sdid\syou|\shave\syou)?\s(?:change[ds]?|different|missing|missed|edit(?:ed)?|draw|drawn)\b|\bwhat\s(?:was|got)\s(?:changed|missed|left\sout)\b|"
    rf"\bdid\syou\s(?:change|move|remove|add|draw|make|use|forget|miss|edit|keep)\b|\b(?:this|the|that)\s{_PICTURE}\b|\b(?:sizes?|colou?rs?|styles?|fonts?|formats?|prompt|engine|model)\b[^?]{{0,20}}\b(?:is|was|are|were|did\syou|used)\s?(?:it|this|that|the|used|you\suse)?\b|"
    r"\bhow\s(?:big|large|wide|tall)\sis\s(?:it|this|the\s(?:picture|image|poster))\b|\bwhat\sdoes\s(?:it|the\s\w{1,12})\s(?:say|read|show)\b|^(?:describe|explain)\s(?:it|this|the)\b|\b(?:is|was)\s(?:it|this|the\simage)\s(?:ai|transparent|a\spng|signed)\b",
    re.IGNORECASE,
)
ASKED_EN: Final = re.compile(
    r"(?:how\s(?:many|big|large|wide|tall)|what\s(?:colou?r|size|kind)|why\s(?:is|are|did|does|isn['’]?t|aren['’]?t)|where(?:['’]s|\s(?:is|are))|which|(?:is|are)\s(?:there|the)|what(?:['’]s|\sis)\s(?:the|next|left|right|on|in|behind|under))\b",
    re.IGNORECASE,
)
OPTION_EN: Final = re.compile(
    r"\b\d{1,2}\s?:\s?\d{1,2}\b(?!\s?(?:am|pm|o['’]clock))|\b\d{3,4}\s?[x×]\s?\d{3,4}\b|#[0-9a-f]{6}\b|\b(?:portrait|landscape|square|vertical|horizontal|transparent|background|bg|backdrop|webp|png|jpe?g|sticker|outline|flat|seed|title|subtitle|caption)\b",
    re.IGNORECASE,
)
PICTURE_EN: Final = re.compile(
    r"(?:poster|sticker|infographic|logo|banner|icon|picture|image|illustration|portrait|card|chart|bar\schart|pie\schart|line\schart|steps)\b\s?(?::|of\b|with\b|for\b)|(?:new|another)\s(?:poster|sticker|picture|image|one)\b",
    re.IGNORECASE,
)
COMPARATIVE_EN: Final = re.compile(
    r"(?:(?:a\s)?(?:bit|little|lot|touch)\s|much\s|even\s|slightly\s|way\s)?(?:bigger|smaller|larger|brighter|darker|lighter|wider|taller|shorter|thinner|thicker|warmer|cooler|higher|lower|closer|bolder)(?:\s[\w-]{1,12}){0,2}[\s.!]*",
    re.IGNORECASE,
)
PARTS_EN: Final = re.compile(
    r"\bmake\s(?:it|them|this|that)\b(?!\sso\b)|\b(?:background|bg|backdrop|title|subtitle|caption|label|text|words|letters|picture|image|poster|drawing|version|sticker|colou?rs?|size|style|everything)\b",
    re.IGNORECASE,
)

ORDER_KO: Final = re.compile(
    r"(?:그려|만들어|바꿔|바꾸어|옮겨|지워|빼|넣어|추가해?|키워|줄여|고쳐|없애|돌려|칠해|생성해|제작해|써|해|뽑아|늘려|올려|내려|붙여|되돌려|뒤집어|바꾸|보여|합쳐|섞어|합성해|교체해|수정해|변경해|삭제해|제거해)\s?(?:줘요?|주세요|줄래요?|줄\s?수|주실래요?|주실|주겠|볼래요?|달라|놔|둬|봐요?|보자|봐|라|줬으면)"
    r"|(?:바꾸|지우|그리|만들|넣|빼|옮기|키우|줄이|돌리|하|추가하)(?:자|죠|면\s(?:좋겠|어때|안\s?될까)|는\s?게\s?어때|ㄹ까)|(?:추가|삭제|변경|제거|수정|확대|축소|되돌리기|취소)"
    + _END_KO
    + r"|다시\s?(?:한\s?번|그려|만들어|해)|한\s?(?:번|장|개)\s?더|하나\s?더|다른\s?(?:버전|걸로|느낌)"
    r"|(?:그려|만들어|바꿔|옮겨|지워|넣어|키워|줄여|없애|돌려|칠해|추가해|크게|작게|밝게|어둡게|[가-힣]게\s?해|(?:으로|로)\s?해|되돌려|빼)"
    + _END_KO
    + r"|(?:였|었|았|했)으면\s?(?:좋겠|해)|게\s?(?:해\s?줘|부탁)|[가-힣]면\s?(?:좋겠|어때|어떨까)|(?:그림|이미지|포스터|스티커|사진)(?:\s?(?:하나|한\s?장))?[\s.!]*$|부탁(?:해|드려|드립)",
    re.IGNORECASE,
)
ORDER_TO_PEOPLE_KO: Final = re.compile(
    r"(?:메일|이메일|문서|파일|회의|미팅|일정|시간|약속|점심|저녁|커피|전화|연락|자료|링크|번호|주소|예약|보고서|티켓|서버|코드|빌드|비밀번호|계정|방|자리)(?:을|를|은|는|이|가|도|만|로|으로|에)?\s|(?:보내|알려|전화해|연락해|사다|갖다|가져다|기다려|도와|말해|와|가|오)\s?(?:줘요?|주세요|줄래요?)"
)
BETWEEN_PEOPLE_KO: Final = re.compile(
    r"(?:어떻게|어떠케|뭐라고)\s?생각|이따|나중에\s?(?:봐|보자|얘기)|내일|어제|오늘|모레|주말|월요일|화요일|수요일|목요일|금요일|점심|저녁에|아침에|\d{1,2}시(?:에|까지|쯤|\s)|^(?:나|난|내가|저는|제가|전|우리|우린|걔|쟤|너|넌|너는|네가|니가)(?![가-힣])|먹을까|먹자|갈까|갈래|가자|만나|퇴근|출근|회의(?:\s|가|는|에)|(?:이|그|저)걸로\s?(?:하자|가자|할게|갈게|해요?|하죠)|잘\s?자|수고|(?:벤|아나|님|씨|야),?\s?(?:고마|잘|수고|어때)"
)
QUESTION_KO: Final = re.compile(
    r"(?:뭐|뭘|무엇|무슨|어떤|어느|몇|왜|어떻게|어디|누가|누구|언제|얼마)[^\n]{0,60}?(?:야|니|냐|나요|까요?|어요?|었어|했어|지|죠|예요|이에요|인가요?|돼요?|되나요|됐어|요|는지)"
    + _END_KO
    + r"|[??]\s*[ㅋㅎ]*\s*$"
)
ABOUT_PICTURE_KO: Final = re.compile(
    r"시드|배경|해상도|픽셀|(?:뭐|뭘|무엇|어디)[가-힣]{0,2}\s?(?:바꿨|바뀌|바뀐|변했|달라|고쳤|수정했|빠졌|빠진)|(?:이|그|저)\s?(?:그림|이미지|포스터|버전)|(?:크기|사이즈|비율|스타일|글꼴|폰트|형식|포맷|프롬프트|엔진|모델)[가-힣]{0,2}\s?(?:뭐|몇|어떻|얼마|무엇|어떤)|무슨\s?(?:스타일|글꼴|엔진|모델|프롬프트)|(?:뭐라고|뭐)\s?(?:써|쓰여|적혀)"
)
ASKED_KO: Final = re.compile(
    r"몇\s?(?:개|마리|명|대|장|송이|그루)|무슨\s?색|어떤\s?색|왜|어디\s?(?:있|에)|색(?:깔|상|이|은)?\s?(?:뭐|이\s?뭐)|있(?:어|나요?|니)"
)
STATEMENT_KO: Final = re.compile(
    r"(?:[가-힣](?:네요?|구나|군요?|다|거든요?|더라고?요?|잖아요?|었어요?|았어요?|했어요?|겠어요?|ㄹ게요?|을게요?|할게요?|같아요?|거야|거예요|데요?|대요?|래요?|지요?|죠|습니다|어요|아요|해요|워요|와요)|귀여워|예뻐|좋아|멋져|웃겨|싫어|괜찮아|이상해|나아|별로야)"
    + _END_KO
)
OPTION_KO: Final = re.compile(
    r"\d{1,2}\s?:\s?\d{1,2}|\d{3,4}\s?[x×]\s?\d{3,4}|#[0-9a-fA-F]{6}|(?:가로|세로|정사각형|투명|배경|스티커|포스터|제목|부제|시드|버전)|더\s?(?:크|작|밝|어둡|진하|연하)|(?:으로|로)"
    + _END_KO
)
PARTS_KO: Final = re.compile(
    r"배경|제목|부제|글자|문구|그림|이미지|포스터|버전|스티커|색|크기|스타일|이거|그거|이걸|그걸|전부|모두"
)
