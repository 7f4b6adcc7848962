"""``python -m evalcli`` runs the command line."""

from evalcli.cli import main

if __name__ == "__main__":
    main()
