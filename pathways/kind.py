"""What a group session adds to the engine."""


class SessionKind:
    """Rules of sessions in the Fablab."""
