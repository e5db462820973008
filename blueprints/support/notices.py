"""What a page says once, after a redirect."""

from flask import flash


def say_saved(message: str, draft: str) -> None:
    """Say that something is saved; the browser then forgets its kept draft of it."""
    flash(message, f"saved {draft}")


def say_undoable(message: str, address: str) -> None:
    """Say what was done, with a button that posts to this address to undo it."""
    flash(message, f"undo {address}")
