"""`python -m regulars.cli`, as `python -m regulars`."""

from regulars.cli import main

main()
