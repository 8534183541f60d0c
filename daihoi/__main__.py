"""`python -m daihoi`."""

from daihoi.cli.main import main

if __name__ == "__main__":
    main()
