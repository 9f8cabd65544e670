# Commands of a chat: names (lower case, one word), descriptions (at most 100 characters), options and choices.
command-imagine-name = imagine
command-imagine-description = Draw a picture from your words
command-revise-name = revise
command-revise-description = Change an image that I drew
command-blend-name = blend
command-blend-description = Put 2 to 6 images together in a collage with shared colors
command-describe-name = describe
command-describe-description = Say what an image shows and where it comes from
command-gallery-name = gallery
command-gallery-description = Browse the images drawn here; only you see the answer
command-provenance-name = provenance
command-provenance-description = Check whether an image was drawn by me
command-usage-name = usage
command-usage-description = See how many images were drawn today and what is left
command-cancel-name = cancel
command-cancel-description = Stop one of your running requests
command-settings-name = settings
command-settings-description = Set how I work in this server
command-settings-show-name = show
command-settings-show-description = Show the settings; choose channels and roles
command-settings-change-name = change
command-settings-change-description = Change settings of this server
command-privacy-name = privacy
command-privacy-description = See or delete what I keep about you
command-privacy-export-name = export
command-privacy-export-description = Get a file with everything that I keep about you
command-privacy-delete-name = delete
command-privacy-delete-description = Delete your images and words everywhere
command-help-name = help
command-help-description = What I can do and how to ask for it

message-command-revise = Revise this image
message-command-reference = Use as reference
message-command-describe = Describe
message-command-provenance = Check provenance
message-command-report = Report

option-prompt-name = prompt
option-prompt-description = What to draw, in English or Korean
option-image-name = image
option-image-description = An image to draw with
option-image1-name = image1
option-image2-name = image2
option-image3-name = image3
option-image4-name = image4
option-image5-name = image5
option-image6-name = image6
option-size-name = size
option-size-description = Such as 3:2 or 1536x1024
option-background-name = background
option-background-description = transparent, or a color such as #ffeecc
option-style-name = style
option-style-description = How it is drawn
option-count-name = count
option-count-description = How many images
option-seed-name = seed
option-seed-description = The same seed draws the same picture again
option-private-name = private
option-private-description = Only you see the answer
option-change-name = prompt
option-change-description = What to change; without it, a form opens
option-source-name = image
option-source-description = The link of the message with the image, or the latest one
option-blend-prompt-description = Title, background or size of the collage
option-message-name = message
option-message-description = The link of a message with an image
option-describe-image-description = The image to describe
option-provenance-image-description = The image to check; the original file tells most
option-search-name = text
option-search-description = Words of the prompt
option-mine-name = mine
option-mine-description = Only your own images
option-strictness-name = strictness
option-strictness-description = How strictly requests and images are checked
option-default-style-name = style
option-default-style-description = The style of new pictures when nobody names one
option-retention-name = retention_days
option-retention-description = Days after which images are deleted; 0 keeps them
option-language-name = language
option-language-description = The language of my posts here
option-threads-name = threads
option-threads-description = Where I answer the first request in a channel
option-spoiler-name = spoiler
option-spoiler-description = Hide pictures until they are clicked

strictness-standard = Standard
strictness-strict = Strict
style-flat = Flat
style-outline = Outline
style-sticker = Sticker
style-poster = Poster
style-paper = Paper
style-none = None
language-en = English
language-ko = 한국어 (Korean)
language-none = The server's own
threads-thread = In a new thread
threads-channel = In the channel
threads-none = As the operator set it

size-suggestion = { $shape ->
    [square] { $size } (square)
    [landscape] { $size } (landscape)
   *[portrait] { $size } (portrait)
}
background-transparent = transparent
background-white = white
background-black = black
background-ffeecc = #ffeecc (cream)
latest-image = The latest image

# Forms, at most 45 characters.
form-revise-title = Revise this image
form-revise-words = What should change?
form-reference-title = Use as reference
form-reference-words = What should I draw with it?
form-images = More images, if you like
form-report-title = Report
form-report-reason = What is wrong with it?

# Answers of commands.
reported = Thank you. The report is kept for the people who run me.
handler-failed = Something went wrong on my side. If it happens again, tell the operator this number: { $reference }.
command-outdated = This command has changed. Please reload Discord and try it again.
more-left-out = … (more was left out)
admins-only = Only people who may manage this server can do that.
image-not-found = I find no such image, or it is not yours to see. Right-click the message with the image, copy its link and paste it here.
revise-nothing-yet = I have drawn nothing for you here yet. Start with the command imagine.
message-without-image = This message has no image that I can use.
message-not-found = I cannot read that message. Open its menu and choose the command under Apps instead.
describe-what = Please give me an image or the link of a message with one.
file-too-large = That file is too large; { $most } MiB is the most I can look at.
file-gone = Discord no longer gives me that file. Please upload it again.
file-unreadable = That is not an image that I can read. PNG, JPEG, WebP and still GIF are possible.
gallery-heading = AI-generated images, newest first. Only you see this.
gallery-empty = No images to show.
gallery-searched = Searched for these words:
gallery-image = { $private ->
    [yes] { $date } (UTC) · private
   *[no] { $date } (UTC)
}
gallery-older = Older
gallery-newest = Newest
nothing-running = Nothing of yours is running right now.
cancel-which = Which requests shall I stop?
requests-stopped = { $count ->
    [one] I stopped it.
   *[other] I stopped { $count } requests.
}
cancel-mine = your request
cancel-somebodys = { $time } · somebody else's request
export-done = This is everything that I keep about you: data.json and your images. Images that did not fit are listed in data.json under “images_left_out”.
export-too-large = There is more about you than I can send here. Please ask the operator for the file.
erase-confirm = Delete it all for good
