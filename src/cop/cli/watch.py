"""The command that keeps a report open beside what it is made of: `cop watch`."""

import argparse

from cop.cli import options
from cop.cli.run import keep_out_of_the_home_folder
from cop.run import plan


def add_to(commands: argparse._SubParsersAction) -> None:
    """Add the command to the parser of `cop`."""
    watches = options.command(
        commands,
        "watch",
        "keep a country's report open in the browser and make it again with each save",
        watch,
        "cop watch UKR, cop watch ZZZ --data tests/zedland --port 8765",
    )
    options.value(watches, "iso3", "ISO3", "country code such as UKR")
    options.data(watches, of_any_kind=True)
    options.outputs(watches)
    options.value(
        watches,
        "--port",
        "N",
        "port on this computer (any that is free otherwise)",
        type=int,
        default=0,
    )


def watch(arguments: argparse.Namespace) -> int:
    """Answer `cop watch`: make the pages, and make them again until somebody stops."""
    from cop.run.watch import watch as watch_country

    keep_out_of_the_home_folder(options.OUTPUTS / ".cache")
    choice = plan.Choice((arguments.iso3,), data=arguments.data, outputs=arguments.outputs)
    watch_country(choice.of_edition(), arguments.port, _say)
    return 0


def _say(line):
    print(line, flush=True)
