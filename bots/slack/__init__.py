"""Slack: events become orders, answers become messages. The only folder that knows slack-bolt and slack_sdk."""
