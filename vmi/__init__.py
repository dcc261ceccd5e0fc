"""The project package: settings, entry points and the kernel every business app stands on."""

from vmi.celery import app as celery_app

__all__ = ["celery_app"]
