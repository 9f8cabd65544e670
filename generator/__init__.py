"""What a picture is asked to be, and the engines that draw it. Knows nothing of chats, policies or databases."""
