"""Which app lives where: the shared schema (platform) or each namespace's schema, with the reason."""

SHARED_APPS = [
    "django_tenants",  # routing of hosts to schemas; must come first
    "vmi.namespaces",  # namespaces and their domains
    "vmi.statuses",  # the platform's status table, the same for everybody
    "vmi.accounts",  # platform operators; namespaces have a table of their own below
    "unfold",  # back-office theme; before django.contrib.admin, no tables
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_celery_beat",  # one scheduler for all namespaces
    "rest_framework",  # no tables
    "django_filters",  # no tables
    "drf_spectacular",  # no tables
    "drf_spectacular_sidecar",  # no tables: the API docs work offline
    "vmi.core",  # no tables: commands, checks, translations
    "vmi.embedded",  # no tables: the run command
]

TENANT_APPS = [
    "django.contrib.admin",  # each namespace keeps its own admin log,
    "django.contrib.auth",  # its own groups,
    "django.contrib.contenttypes",  # its own content types,
    "django.contrib.sessions",  # its own sessions (a cookie is worth nothing elsewhere)
    "django.contrib.messages",
    "vmi.accounts",
    "vmi.numbering",
    "vmi.events",
    "vmi.api",
    "partners",
    "catalog",
    "credits",
    "warehousing",
    "inventory",
    "stores",
    "orders",
    "orders.payments",
]
