# The home page of the app in Slack.
slack-home-title = Threadbrush
slack-home-intro = I draw images from your words: AI-generated, checked, signed, and changed when you say what should be different.
slack-home-create = Create an image
slack-home-refresh = Refresh
slack-home-usage = Today
slack-home-images = Your newest images (AI-generated)
slack-home-no-images = You have no images yet. Press “Create an image”, or write to me in Messages.
slack-home-thread = Open the conversation
slack-home-settings = Settings of this workspace
slack-home-change = Change settings
slack-home-language-none = Language of my posts: the language of whoever asks
slack-home-privacy = Your data
slack-home-privacy-text = I keep your requests, your images and the threads that they belong to. You can have all of it as a file, or have it deleted.
slack-home-export = Export my data
slack-home-erase = Delete my data…
slack-home-help = How it works

# What has just happened.
slack-home-exporting = Your file is being made. You get it from me as a direct message.
slack-home-erasing = Your data is being deleted. When that is done, it says so here.
slack-home-erase-left = Some of my posts could not be deleted; an admin of the workspace can delete them.
slack-home-erase-failed = Not all of your data could be deleted. Please press the button again in a moment.
slack-home-export-failed = The file could not be sent. Please try it again later.

# Help.
slack-help-draw = Draw: mention me in a channel, write to me directly or use /imagine: “a poster: three red apples left of a blue car, title "SALE", background #ffeecc”. Add images, a size (3:2, 1536x1024), a style or a seed.
slack-help-revise = Revise: write in the thread of an image: “make the car yellow”, “another one”, “what did you change?”. Outside of my threads, mention me.
slack-help-buttons = Buttons: vary, revise, retry, upscale, details and delete stand under each image. The menu of any message has “Revise this image” and “Use as reference”.
slack-help-check = Check: “Check provenance” in the menu of a message tells whether its image is mine, “Describe” what it shows, and “Report” tells the people who run me that something is wrong with it.
slack-help-limits = Limits: this page shows what is left today. Stop in my direct messages, or “Cancel” under a request, ends what is running.
slack-help-privacy = Your data: “Export my data” and “Delete my data” are on this page. Images say that they are AI-generated and carry Content Credentials.

# Forms.
slack-form-close = Cancel
slack-settings-title = Settings
slack-settings-save = Save
slack-settings-language-none = Of whoever asks
slack-erase-title = Delete my data
slack-erase-submit = Delete for good
slack-erase-warning = This deletes all images that I drew for you in this workspace and everything that you wrote to me. It cannot be undone. What is running for you is stopped.
slack-settings-unusable = This cannot be set. Please choose something else.
slack-admins-only = Only owners and admins of this workspace can do that.
