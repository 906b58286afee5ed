"""How a person talks to it: Typer commands and one screen."""
