"""The command line: one file a group of commands, each a few lines that call a room."""
