"""A request in the words that an image model reads. Knows requests, scenes and cards; nothing of devices or servers."""
