"""`python -m monitor` is `oido`."""

from .cli import main

if __name__ == "__main__":
    main()
