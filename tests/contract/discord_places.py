"""Places of Discord's API that tests speak of: the method and the path."""

BOT = {"Authorization": "Bot a.b.c", "Content-Type": "application/json"}
MESSAGES = ("POST", "/api/v10/channels/123/messages")
COMMANDS = ("POST", "/applications/1/commands")
CALLBACK = ("POST", "/interactions/1/a-token/callback")
EDIT = ("PATCH", "/channels/123/messages/456")
ORIGINAL = ("PATCH", "/webhooks/1/a-token/messages/@original")
