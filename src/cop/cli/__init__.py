"""Define the command line: the commands of `cop`, their options, output and exit status."""
