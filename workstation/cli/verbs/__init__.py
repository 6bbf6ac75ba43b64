"""One module per verb: `HELP`, `add_arguments(parser)` and `run(arguments) -> document`."""
