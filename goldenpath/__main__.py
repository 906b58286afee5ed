"""`python -m goldenpath`."""

from goldenpath.cli.boundary import run

if __name__ == "__main__":
    run()
