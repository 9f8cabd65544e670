# What is said when nothing is drawn.
no-image-to-revise = There is no image in this thread yet that I could change. Tell me what to draw, for example “a red car next to a tree”.
no-image-to-vary = There is no image in this thread yet to make another version of. Tell me what to draw first.
no-image-to-undo = There is no image in this thread yet, so there is nothing to undo.
no-image-to-ask-about = There is no image in this thread yet that I could tell you about. Tell me what to draw first.
no-such-image = { $count ->
    [one] There is only one image to choose from. Which one do you mean?
   *[other] There are { $count } images to choose from, but no number { $number }. Which one do you mean?
}
nothing-to-undo = That is the first version; there is nothing before it to go back to.
what-to-draw = What shall I draw? For example: “three red apples left of a blue car, title 'SALE', background #ffeecc”.
what-with-upload = I have your image. What shall I do with it? For example: “put it on a poster with the title 'Hello'”.
what-i-do = I draw pictures from words and change them as you ask: “a cat on a sofa”, then “make the cat orange”, “add a title 'Home'”, “undo”, “another one”. You can say size, background, colors, style, number of images and seed.
you-are-welcome = You're welcome! Tell me whenever you want something changed or drawn.
no-instructions = I only draw pictures, so there are no instructions I could share. Tell me what you would like to see.

what-to-change = Alright. Tell me what should be different, for example “make the car blue”, or say “undo” or “another one”.
what-was-meant = Tell me the whole change once more, please, for example “make the car blue”.

# Answers about an image.
answer-why = I draw what your words say, by fixed rules, and have no reasons beyond them. The words for this picture were: “{ $prompt }”.
answer-why-missed = I draw what your words say, by fixed rules. This could not be done: { $list }
answer-seed = The seed is { $seed }.
answer-size = It is { $width } × { $height } pixels.
answer-object-size = { $name } is about { $width } × { $height } pixels large.
answer-background = The background is { $color }.
answer-background-gradient = The background is a gradient from { $top } to { $bottom }.
answer-background-transparent = The background is transparent.
answer-background-open = No background color was set; the engine chose it.
answer-color = { $name }: { $color }.
answer-color-own = { $name } has the drawing's own colors; none was asked for.
answer-colors = The colors are { $list }.
answer-changes = I changed this: { $list }
answer-changes-undo = I brought back an earlier version, nothing else.
answer-changes-vary = I drew the same request again with seed { $seed }.
answer-changes-none = Nothing of the picture changed.
answer-changes-new = Nothing was changed: this is a new picture.
answer-count = { $name }: { $count }.
answer-count-all = { $count ->
    [one] There is one thing in the picture.
   *[other] There are { $count } things in the picture.
}
answer-engine = It was drawn by the engine { $engine } (model { $model }, version { $version }).
answer-style = The style is { $style }.
answer-prompt = The request was: { $prompt }
answer-format = It is a { $format } file of { $kilobytes } kB.
answer-text = It reads: { $text }
answer-missed = This did not come out as asked: { $list }
answer-missed-nothing = As far as it was checked, everything came out as asked.
answer-summary = The picture shows { $things }. It is { $width } × { $height } pixels, drawn by { $engine } with seed { $seed }.
answer-summary-plain = The picture is { $width } × { $height } pixels, drawn by { $engine } with seed { $seed }.
