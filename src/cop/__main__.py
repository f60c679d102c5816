"""Run the command line with `python -m cop`."""

from cop.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
