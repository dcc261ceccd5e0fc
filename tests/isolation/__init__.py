"""A package, so that pytest ends its ``package`` fixtures here and not with the session."""
