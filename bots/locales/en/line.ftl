# What the line itself says.
images-done = { $count ->
    [one] Here is your picture.
   *[other] Here are your { $count } pictures.
}
changed = Changed: { $list }.
not-met = Not as asked: { $list }
receipt-missed = Measured differently than asked: { $list }.
request-refused = I can't draw that. { $reason }
request-held = This needs a person's decision before it can be drawn, and nothing was drawn. { $reason }
would-be-fine = What would be fine: { $rewording }
quota-spent = Today's image quota of this workspace is used up; it starts again tomorrow (UTC).
job-failed = Something broke while drawing, so there is no picture; your quota was not charged. Please try again.
platform-silent = The chat did not answer for too long, so this could not be delivered. Your quota was not charged.
job-cancelled = Stopped. Your quota was not charged.
nothing-to-do = There is nothing to draw in that.
text-too-long = That is too long: I read at most { NUMBER($limit, useGrouping: 1) } characters. Please say it shorter.
too-many-uploads = I can take at most { $limit } images with one message.
upload-unreadable = I could not read the file { $name }: { $why }

# Alt text
alt-lead = AI-generated picture.
alt-prompt = AI-generated picture: { $prompt }
alt-things = It shows { $things }.
alt-object = { $count ->
    [one] { $name } { $color }
   *[other] { $count } × { $name } { $color }
}
alt-text = It reads “{ $text }”.
alt-background = Background { $background }.
alt-transparent = Transparent background.

# Stages
stage-reading = reading the thread
stage-waiting = waiting
stage-checking = checking
stage-planning = planning
stage-drawing = drawing
stage-measuring = measuring
stage-signing = signing

# Command line
flag-unreadable = { $flag } cannot be { $value }.
