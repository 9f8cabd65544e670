"""What is kept: records, blobs, credentials, quotas. Knows nothing of chats."""
