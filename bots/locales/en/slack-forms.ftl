# Forms in Slack: labels at most 75 characters, titles and buttons at most 24.
slack-form-create-title = Create an image
slack-form-create-submit = Draw
slack-form-revise-submit = Revise
slack-form-reference-submit = Draw
slack-form-report-submit = Report
slack-form-done = Close
slack-form-prompt = What should I draw?
slack-form-files = Images to draw with
slack-form-size = Size
slack-form-background = Background
slack-form-background-hint = transparent, or a color such as #ffeecc; leave it empty and I choose
slack-form-style = Style
slack-form-count = How many images
slack-form-channel = Where to post it
slack-form-channel-hint = You and I must both be in that channel. Without a channel you get it as a direct message.

# What is wrong with a form.
slack-form-empty = Please say what I should draw.
slack-form-not-both = You or I are not in that channel. Invite me with /invite, choose another one, or leave it empty for a direct message.
slack-form-again = Slack does not answer right now. Please send the form again in a moment.
slack-form-not-opened = Slack did not open the form. Please try it again.
slack-form-here = I am on it; the image will stand here.
