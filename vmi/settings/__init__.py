"""Settings: ``dev`` (default, embedded services), ``test``, ``prod``; one file per concern below them."""
