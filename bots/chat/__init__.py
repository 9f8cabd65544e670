"""What all chat platforms share: who may ask, what an answer looks like, the words of every command."""
