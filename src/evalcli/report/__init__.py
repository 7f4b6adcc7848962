"""The typed result of every command, to and from JSON; nothing of how it looks."""
