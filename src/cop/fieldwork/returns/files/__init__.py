"""Files from outside: opened without trust, recognised by tool, read into one long form."""
