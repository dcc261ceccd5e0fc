"""The default environment: embedded services unless URLs say otherwise; a secret of this data directory's own."""

import os

from django.core.exceptions import ImproperlyConfigured

from vmi.embedded.secret import stored_secret
from vmi.settings.base import *  # noqa: F403
from vmi.settings.base import EMBEDDED_DATABASE, RUN_LAYOUT, env
from vmi.settings.logging import configure_logging

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not EMBEDDED_DATABASE:
        raise ImproperlyConfigured("SECRET_KEY is required as soon as DATABASE_URL names a real server.")
    SECRET_KEY = stored_secret(RUN_LAYOUT.home)
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = configure_logging(json=False)
