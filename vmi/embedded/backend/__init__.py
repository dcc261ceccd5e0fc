"""PostgreSQL backend that starts the embedded services before the first connection; django-tenants builds on it."""
