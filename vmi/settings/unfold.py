"""The back office's theme: titles, language switch, colours, menu. Two sites, two dictionaries."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

_COMMON: dict[str, Any] = {
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("vmi/icon.svg")},
    ],
    "SITE_ICON": lambda request: static("vmi/icon.svg"),
    "STYLES": [lambda request: static("vmi/back-office.css")],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": {
            "50": "239 246 255",
            "100": "219 234 254",
            "200": "191 219 254",
            "300": "147 197 253",
            "400": "96 165 250",
            "500": "59 130 246",
            "600": "37 99 235",
            "700": "29 78 216",
            "800": "30 64 175",
            "900": "30 58 138",
            "950": "23 37 84",
        }
    },
}

UNFOLD: dict[str, Any] = {
    **_COMMON,
    "SITE_TITLE": _("Inventory back office"),
    "SITE_HEADER": _("Inventory back office"),
    "SITE_SUBHEADER": lambda request: getattr(request.tenant, "name", ""),
    "SITE_URL": None,
    "DASHBOARD_CALLBACK": "vmi.core.admin.dashboard.namespace_dashboard",
    "LOGIN": {"form": "vmi.accounts.forms.SignInForm", "image": lambda request: static("vmi/layers.svg")},
    "SIDEBAR": {
        "show_search": True,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "vmi.core.admin.navigation.namespace_navigation",
    },
}

UNFOLD_PLATFORM: dict[str, Any] = {
    **_COMMON,
    "SITE_TITLE": _("Platform"),
    "SITE_HEADER": _("Platform"),
    "SITE_URL": None,
    "DASHBOARD_CALLBACK": "vmi.core.admin.dashboard.platform_dashboard",
    "LOGIN": {"form": "vmi.accounts.forms.SignInForm", "image": lambda request: static("vmi/layers.svg")},
    "SIDEBAR": {
        "show_search": True,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "vmi.core.admin.navigation.platform_navigation",
    },
}
