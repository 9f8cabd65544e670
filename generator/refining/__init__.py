"""From what a model drew to what was asked: exact size, transparency, exact colors, exact letters.

Works on pixels and requests; nothing here knows a model, a device or a server.
"""
