# Why an answer cannot stand in Slack.
slack-place-gone = The channel where you asked is gone, or I am not in it, so I could not post the answer. Your quota was not charged.
slack-thread-gone = The thread where you asked is gone, so I could not post the answer. Your quota was not charged.
slack-place-archived = The channel where you asked is archived, so I could not post the answer. Your quota was not charged.
slack-thread-locked = The thread where you asked is locked, so I could not post the answer. Your quota was not charged.
slack-place-closed = I may not post where you asked. Invite me to the channel, or ask an admin to let me post there. Your quota was not charged.
slack-not-allowed = The app lacks a permission in this workspace, so I could not post the answer. Ask an admin to install it again. Your quota was not charged.

# Around an answer.
card-copy-format = The original is a { $format } file, which cannot be shown here; this is a re-encoded copy in full size with Content Credentials.
slack-delete-title = Delete this image?
slack-delete-text = The image, its message and its file are deleted for everybody. This cannot be undone.
slack-delete-keep = Keep it
slack-not-member = I am not in that channel, so here is the answer for you alone. To get answers there, invite me with /invite.
slack-image-missing = Slack did not show an image. It is kept as { $id }.
