# Describing an image: from our record, or measured.
describe-record = This is one of my own images; what follows comes from its record.
describe-shows = { $alt }
describe-prompt = The request was: “{ $prompt }”
describe-facts = { $width } × { $height } pixels, style { $style }, seed { $seed }, drawn by { $engine }.
describe-receipt = { $failed ->
    [0] Checked: { $passed } as asked, { $open } could not be checked.
   *[other] Checked: { $passed } as asked, { $failed } not as asked, { $open } could not be checked.
}
describe-measured = This is not an image whose record I can show. No vision model is configured here, so the following is measured, not understood.
describe-size = { $alpha ->
    [yes] { $width } × { $height } pixels, partly transparent.
   *[no] { $width } × { $height } pixels, not transparent.
}
describe-colors = Main colors: { $colors }.
describe-text = Text that could be read: “{ $text }”
describe-no-text = No text could be read in it.
describe-text-unread = Text was not looked for: no text reader is configured.
describe-color = { $tone ->
    [dark] dark { $hue }
    [light] light { $hue }
   *[plain] { $hue }
} ({ $hex })
describe-hue = { $name ->
    [pink] pink
    [red] red
    [orange] orange
    [brown] brown
    [beige] beige
    [yellow] yellow
    [green] green
    [turquoise] turquoise
    [blue] blue
    [purple] purple
    [black] black
    [white] white
   *[gray] gray
}
