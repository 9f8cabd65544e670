# What a tenant does not allow.
channel-not-allowed = The admins here let me draw in other channels only.
role-not-allowed = The admins of this server let only certain roles ask me for pictures, and you have none of them.

# Where an image comes from.
provenance-ours = ✅ This image was drawn by me (AI-generated), and the file is unchanged or its credentials are intact.
provenance-ours-modified = ☑️ This image was drawn by me (AI-generated), but its credentials were taken off.
provenance-tampered = ⚠️ This file carries my credentials, but pixels or credentials were changed after signing. Do not rely on it.
provenance-foreign-credential = ℹ️ This file carries somebody else's credentials. I cannot vouch for them.
provenance-unknown = ❔ I do not recognize this file. It may be somebody else's, or a changed copy without credentials.
provenance-made = { $edited ->
    [yes] Drawn on { $date } by the engine “{ $engine }”, as a revision of an earlier image.
   *[no] Drawn on { $date } by the engine “{ $engine }”, not a revision.
}
provenance-removed = It was drawn on { $date } by the engine “{ $engine }” and has been deleted since.
provenance-stranger = Who asked for it, and for what, is for those who can read the conversation it comes from.
provenance-requester = Asked for by { $name }
provenance-prompt = Request: { $prompt }
provenance-size = { $width } × { $height } pixels, seed { $seed }
provenance-history = Made from:
provenance-step = • { $date } (UTC): { $prompt }
provenance-step-removed = • an image that was deleted since
provenance-step-hidden = • an image from a conversation that you cannot read
provenance-more = { $count ->
    [one] • and one more
   *[other] • and { $count } more
}

# How much is used.
usage-today = Images today (UTC): { $mine } yours, { $all } in all.
usage-left = { $left ->
    [one] One image of { $limit } is left today.
   *[other] { $left } images of { $limit } are left today.
}
usage-unlimited = There is no daily limit.
usage-plan = Plan: { $plan }
usage-queue = { $waiting ->
    [0] Nobody is waiting.
    [one] One request is being worked on or waiting.
   *[other] { $waiting } requests are being worked on or waiting.
}

# Settings of a tenant.
settings-changed = ✅ Saved.
settings-channels = { $count ->
    [0] Channels: all
   *[other] Channels: { $list }
}
settings-roles = { $count ->
    [0] Who may ask: everybody
   *[other] Who may ask: { $list }
}
settings-strictness = { $strictness ->
    [strict] Checks: strict
   *[standard] Checks: standard
}
settings-style = { $style ->
    [none] Default style: none
   *[other] Default style: { $style }
}
settings-retention = { $days ->
    [0] Images are kept.
    [one] Images are deleted after one day.
   *[other] Images are deleted after { $days } days.
}
settings-language = { $language ->
    [en] Language of my posts: English
    [ko] Language of my posts: Korean
   *[none] Language of my posts: the server's own
}
settings-threads = { $threads ->
    [thread] First request in a channel: answered in a new thread
   *[channel] First request in a channel: answered in the channel
}
settings-spoiler = { $spoiler ->
    [yes] Pictures are hidden until they are clicked.
   *[no] Pictures are shown.
}
settings-plan = Plan: { $plan } (only the operator can change it)
settings-choose-channels = Channels in which I draw (none chosen: all)
settings-choose-roles = Roles that may ask (none chosen: everybody)

# Deleting somebody's data.
erase-warning = **This deletes all images that I drew for you and everything that you wrote to me, in every server. It cannot be undone.** What is running for you is stopped.
erase-done = ✅ Your images and words are deleted.
erase-stays-counts = What stays: how many images were drawn on which day, without your name,
erase-stays-tombstones = the checksums of deleted images, so that a copy is recognized and cannot come back,
erase-stays-others = images that other people made from yours, without yours,
erase-stays-platform = and what you wrote in the chat itself: that is yours to delete there. My own posts with your images I delete as far as the chat lets me.

# Help.
help-intro = **Hello, I am Threadbrush.** I draw pictures from your words, AI-generated, checked and signed.
help-draw = **Draw**: mention me or use the command imagine: “a poster: three red apples left of a blue car, title "SALE", background #ffeecc”. Add images, a size (3:2, 1536x1024), a style or a seed.
help-revise = **Revise**: reply to an image or write in its thread: “make the car yellow”, “another one”, “what did you change?”. A reply to an older image goes on from that one.
help-buttons = **Buttons**: vary, revise, retry, upscale, details and delete stand under each image. The command blend makes a collage of 2 to 6 images.
help-check = **Check**: provenance tells whether an image is mine, describe what it shows. The menu of any message has both under Apps.
help-limits = **Limits**: usage shows what is left today, cancel stops what is running, gallery shows what was drawn.
help-privacy = **Your data**: privacy export sends you everything that I keep about you, privacy delete removes it.
help-engine = { $engine ->
    [sketch] My engine here is “sketch”: exact text, colors and layout as vector art. It does not draw photographs.
   *[other] My engine here is “{ $engine }”.
}
