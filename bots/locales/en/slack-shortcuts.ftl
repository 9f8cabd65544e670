# Shortcuts and /imagine in Slack.
slack-file-hidden = Slack does not give me that file. Invite me to the channel with /invite, or upload the image where I am.
slack-settings-admins = Only admins of this workspace can see its settings.
slack-settings-where = Change them on my Home tab.
slack-privacy = I keep your requests, your images and the threads that they belong to. On my Home tab you can export all of it or have it deleted.

# Help of /imagine, after what the home page says as well.
slack-help-commands = Commands: /imagine with words draws, alone it opens a form. /imagine usage shows what is left today, /imagine gallery what was drawn here, /imagine settings and /imagine privacy what holds for this workspace and for your data.
slack-help-threads = In threads: Slack has no slash commands there. Mention me instead (“@threadbrush make the car yellow”), press a button under an image, or open the menu of a message: Revise this image, Use as reference, Describe, Check provenance, Report. “Create an image” in the shortcuts menu works everywhere; “Cancel” under a request stops it. What is left today, your images, settings and your data are on my Home tab, too.
