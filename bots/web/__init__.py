"""The local page: a browser as one more way into the line."""
