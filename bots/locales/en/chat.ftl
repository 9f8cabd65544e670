# What a tenant does not allow.
channel-not-allowed = The admins of this server let me draw in other channels only.
role-not-allowed = The admins of this server let only certain roles ask me for pictures, and you have none of them.
