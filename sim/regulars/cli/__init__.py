"""The command line: `regulars compare scenarios/threshold-rebate.toml`."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    Exit codes: 0 fine, 1 the input is wrong, 2 usage, 3 a failure of ours, 128 + n ended by signal n (130: Ctrl-C).
    """
    from regulars.cli import stop

    stop.heed()
    try:
        try:
            from regulars.cli.say import explain, leave, steady
        except ImportError as error:  # without typer no command can be read
            from regulars.cli.installed import told_missing

            if told_missing(error):
                sys.exit(1)
            raise
        steady()
        out = sys.stdout
        try:
            from regulars.cli.app import app

            app(args=arguments, prog_name="regulars")
        except SystemExit as end:
            gone = sys.stdout is not out  # typer has put a silent stream here: whoever read us went away
            leave(0 if gone else stop.code() if stop.heard() else end.code)
        except Exception as error:
            leave(explain(error))
    except KeyboardInterrupt:
        sys.exit(stop.code())
