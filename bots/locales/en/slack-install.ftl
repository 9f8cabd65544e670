# The pages that a browser shows when somebody installs the app in a workspace.
slack-install-done-title = Threadbrush is installed
slack-install-done = You can close this page. In Slack, open the app, or invite it to a channel with /invite @threadbrush and mention it there.
slack-install-open = Open Slack
slack-install-failed-title = Threadbrush is not installed
slack-install-cancelled = The installation was cancelled in Slack. Nothing was changed.
slack-install-stale = The installation took longer than ten minutes, was already used, or was begun in another browser. Please begin again.
slack-install-refused = Slack did not confirm the installation. Please begin again.
slack-install-broken = The installation could not be kept. Please begin again in a few minutes.
slack-install-again = Begin again
