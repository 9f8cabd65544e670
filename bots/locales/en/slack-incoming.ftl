# What people are told about messages and files in Slack.
slack-files-not-readable = I am not allowed to open the file “{ $name }” in this workspace: the permission files:read is missing. Whoever manages apps here can grant it by installing me again.
