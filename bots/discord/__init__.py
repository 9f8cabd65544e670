"""Discord: events become orders, answers become messages. The only folder that knows discord.py."""
