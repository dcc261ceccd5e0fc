"""The base of every status enumeration."""

from django.db import models


class StatusEnum(models.IntegerChoices):
    """Values of the platform status table: kind × 100 + n (C-67); labels are English sources of translation."""
