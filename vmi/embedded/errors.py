"""What can go wrong with the embedded services, as sentences a person can act on."""


class EmbeddedError(Exception):
    """An embedded service cannot start or stop; the message says why and what helps."""
