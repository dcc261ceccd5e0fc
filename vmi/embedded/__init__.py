"""PostgreSQL and Redis out of wheels, for a laptop and for tests; nothing here is used with real servers.

Imports nothing else of the project, so that settings may import it.
"""
