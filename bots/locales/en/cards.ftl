# What stands around an answer in a chat.
card-asked-by = Asked by { $name }
card-working = Working on it: { $stage } ({ $percent } %)
card-refused = I can't draw that. Only { $name } sees why.
card-refused-unnamed = I can't draw that. Only whoever asked sees why.
card-made-neural = AI-generated image
card-made-program = AI-generated image, drawn by a program from your words
card-size = { $width } × { $height } px · seed { $seed }
card-check-passed = { $check } { $asked } ✓
card-check-missed = { $check } asked { $asked }, measured { $measured } ✗
card-checks = { $passed } of { $all } checks passed
card-copy = The original is { $megabytes } MB, more than can be posted here; this is a re-encoded copy in full size with Content Credentials.
card-too-large = The picture is { $megabytes } MB, more than can be posted here. It is kept as { $id }.
card-linked = The picture is { $megabytes } MB, more than can be posted here: { $url }
check-background = background
check-color = color
check-text = text
check-object = object
button-vary = Vary
button-revise = Revise
button-retry = Retry
button-upscale = Upscale 2×
button-details = Details
button-delete = Delete
button-like = 👍 Good
button-dislike = 👎 Bad
button-cancel = Cancel
thread-name = Drawing
place-gone = The channel where you asked is gone, so I could not post the answer. Your quota was not charged.
place-closed = I may not post in the channel where you asked. Ask an admin to let me view the channel, send messages and attach files. Your quota was not charged.
place-archived = The thread where you asked is archived, so I could not post the answer. Your quota was not charged.
place-locked = The thread where you asked is locked, so I could not post the answer. Your quota was not charged.
image-gone = That image is not there any more.
not-yours-to-delete = Only the person who asked for it, or somebody who manages messages here, can delete it.
not-yours-to-cancel = Only the person who asked for it, or somebody who manages messages here, can stop it.
not-yours-to-see = You cannot use that image here.
deleted = Deleted.
deleted-but-shown = The image is removed from my records, but I may not have reached every message that shows it. Please delete what is left.
cancel-done = Stopped.
cancel-over = That was finished already.
thanks-like = Thank you. Noted that you like it.
thanks-dislike = Thank you. Noted that you do not like it.
answer-late = This took too long for a private answer in the channel, so here it is:

# Details of an image.
detail-prompt = **Asked for:** { $prompt }
detail-picture = **Picture:** { $width } × { $height } px, style { $style }, seed { $seed }, { $format }
detail-engine = **Drawn by:** { $engine } { $version }
detail-objects = **In it:** { $list }
detail-check-passed = ✓ { $check }: asked { $asked }, measured { $measured }
detail-check-missed = ✗ { $check }: asked { $asked }, measured { $measured }
detail-check-open = – { $check }: asked { $asked }; { $measured }
detail-moderation = **Moderation:** { $actions }
detail-credential = **Content Credentials:** { $manifest }
detail-timings = **Time spent:** { $list }
detail-history = { $count ->
    [one] **History:** a first version, { $id }
   *[other] **History:** { $count } versions, this one is { $id }
}
