"""Whether a text or an image may pass, by written policies. Knows nothing of engines, chats or databases."""
