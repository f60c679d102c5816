"""The command line: one file a group of commands, each a few lines that call a room."""

import gc

gc.set_threshold(50_000, 20, 100)  # a command lives for seconds
