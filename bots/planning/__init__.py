"""From a conversation to what is to be done: draw a request, answer in words, ask back, or nothing."""
