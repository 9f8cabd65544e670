# What is said at once to a message, and why one cannot be completed.
cannot-read-you = I cannot read messages here unless they are for me. Mention me, or reply to one of my messages with the ping left on.
attachment-gone = I can no longer get the file “{ $name }”; it may have been deleted. Please upload it again.
attachment-too-large = The file “{ $name }” is larger than { $megabytes } MB. A smaller one works.
