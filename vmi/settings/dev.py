"""The default environment: embedded services unless URLs say otherwise; a secret of this data directory's own."""

import os

from django.core.exceptions import ImproperlyConfigured

from vmi.embedded.secret import stored_secret
from vmi.settings.base import *
from vmi.settings.base import EMBEDDED_DATABASE, RUN_LAYOUT, STORAGES, env
from vmi.settings.logging import configure_logging

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not EMBEDDED_DATABASE:
        raise ImproperlyConfigured("SECRET_KEY is required as soon as DATABASE_URL names a real server.")
    SECRET_KEY = stored_secret(RUN_LAYOUT.home)
WHITENOISE_USE_FINDERS = True  # static files straight from the packages: nothing to collect
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
LOGGING = configure_logging(json=False)
