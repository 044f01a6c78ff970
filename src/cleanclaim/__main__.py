"""`python -m cleanclaim`: the command line."""

from cleanclaim.cli import main

main()
