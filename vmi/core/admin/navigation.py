"""The sidebar of both back offices: models grouped as the customer's modules, shown to those who may see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Link:
    """A page that is no list of a model: its title, URL name, icon and the permission it asks for."""

    title: str | Promise
    page: str
    icon: str
    permission: str


@dataclass(frozen=True)
class Group:
    """One module of the menu: its title, its pages as ``(model label, icon)``, other pages in front of them."""

    title: str | Promise
    entries: tuple[tuple[str, str], ...]
    links: tuple[Link, ...] = ()


NAMESPACE_GROUPS: tuple[Group, ...] = (
    Group(
        _("Customers"),
        (
            ("partners.partner", "group"),
            ("partners.level", "military_tech"),
            ("credits.creditreport", "account_balance_wallet"),
            ("credits.credit", "savings"),
        ),
    ),
    Group(
        _("Products"),
        (
            ("catalog.category", "category"),
            ("catalog.brand", "sell"),
            ("catalog.product", "inventory_2"),
            ("catalog.productinfo", "qr_code_2"),
        ),
    ),
    Group(
        _("Orders"),
        (
            ("orders.order", "receipt_long"),
            ("warehousing.shipnotice", "local_shipping"),
            ("orders.returnorder", "assignment_return"),
            ("payments.payment", "payments"),
            ("payments.refund", "currency_exchange"),
        ),
    ),
    Group(
        _("Marketing"),
        (
            ("credits.rewardpolicy", "policy"),
            ("credits.creditreward", "redeem"),
        ),
    ),
    Group(
        _("Merchants"),
        (
            ("stores.store", "storefront"),
            ("stores.goods", "shopping_bag"),
            ("stores.member", "badge"),
            ("warehousing.owner", "handshake"),
        ),
    ),
    Group(
        _("Stock"),
        (
            ("stores.stockin", "move_to_inbox"),
            ("stores.stockout", "outbox"),
            ("inventory.logicalstock", "stacked_bar_chart"),
            ("inventory.physicalstock", "shelves"),
            ("inventory.supplyline", "local_shipping"),
            ("inventory.safetypolicy", "health_and_safety"),
            ("inventory.safetyreview", "rate_review"),
            ("inventory.safetyrelease", "lock_open"),
            ("inventory.refuseddemand", "remove_shopping_cart"),
            ("inventory.batch", "event_available"),
            ("inventory.stocklock", "lock"),
            ("inventory.stocktake", "inventory"),
            ("inventory.ledgerentry", "menu_book"),
            ("inventory.reconcilerun", "verified"),
            ("inventory.correction", "healing"),
        ),
        (
            Link(_("Stock waterfall"), "inventory_waterfall_search", "waterfall_chart", "inventory.view_logicalstock"),
            Link(_("Stock as of"), "inventory_as_of", "history_toggle_off", "inventory.view_logicalstock"),
        ),
    ),
    Group(
        _("Channels and quotas"),
        (
            ("inventory.channelstock", "point_of_sale"),
            ("inventory.allocationpool", "pie_chart"),
            ("inventory.channel", "hub"),
            ("inventory.channelsource", "alt_route"),
            ("inventory.assignmentrule", "call_split"),
        ),
    ),
    Group(
        _("Promised stock"),
        (
            ("inventory.reservation", "lock_clock"),
            ("inventory.waitingpromise", "hourglass_top"),
            ("inventory.physicalhold", "front_hand"),
            ("inventory.internalallocation", "assignment_ind"),
            ("inventory.inspection", "fact_check"),
            ("inventory.stockcommand", "terminal"),
        ),
    ),
    Group(
        _("Warehouses"),
        (
            ("warehousing.warehouse", "warehouse"),
            ("warehousing.zone", "grid_view"),
            ("warehousing.shelf", "view_module"),
            ("warehousing.location", "location_on"),
            ("warehousing.wmsconnection", "cable"),
            ("warehousing.wmsmessage", "mail"),
            ("inventory.wmssnapshot", "photo_camera"),
            ("inventory.snapshotdifference", "difference"),
        ),
    ),
    Group(
        _("System administration"),
        (
            ("accounts.user", "person"),
            ("auth.group", "admin_panel_settings"),
            ("numbering.numberrule", "tag"),
            ("events.event", "history"),
            ("events.delivery", "outgoing_mail"),
        ),
    ),
)
"""Pages that no group names are added to the last group, so that none gets lost."""

PLATFORM_GROUPS: tuple[Group, ...] = (
    Group(_("Namespaces"), (("namespaces.namespace", "domain"), ("namespaces.domain", "language"))),
    Group(
        _("Background jobs"),
        (
            ("namespaces.jobrun", "monitor_heart"),
            ("namespaces.deadletter", "drafts"),
            ("django_celery_beat.periodictask", "schedule"),
        ),
    ),
    Group(
        pgettext_lazy("menu", "System"),
        (("accounts.user", "person"), ("auth.group", "admin_panel_settings"), ("statuses.status", "label")),
    ),
)

HIDDEN = frozenset({"numbering.numbercounter"})
"""Pages that are reached from others and need no entry."""

DEFAULT_ICON = "table_rows"
OWN_ENTRIES = ("/waterfall/", "/as-of/")
"""Pages that lie below the list of logical stock and have entries of their own."""


def namespace_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of a namespace's back office."""
    from vmi.core.admin.sites import namespace_site

    return build(namespace_site, NAMESPACE_GROUPS, request)


def platform_navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of the platform's back office."""
    from vmi.core.admin.sites import platform_site

    return build(platform_site, PLATFORM_GROUPS, request)


def build(site: AdminSite, groups: Iterable[Group], request: HttpRequest) -> list[dict[str, Any]]:
    """Groups with the pages of ``site`` this person may see; groups without one are left out."""
    listed = [(group.title, list(group.entries), group.links) for group in groups]
    named = {label for _title, entries, _links in listed for label, _icon in entries} | HIDDEN
    rest = sorted(model._meta.label_lower for model in site._registry if model._meta.label_lower not in named)
    listed[-1][1].extend((label, DEFAULT_ICON) for label in rest)

    home = {"title": _("Dashboard"), "icon": "dashboard", "link": reverse("admin:index")}
    menu: list[dict[str, Any]] = [{"title": "", "items": [home]}]
    for title, entries, links in listed:
        items = [_link(link, request) for link in links if request.user.has_perm(link.permission)]
        items += [item for label, icon in entries if (item := _item(site, label, icon, request)) is not None]
        if items:
            menu.append({"title": title, "collapsible": True, "items": items})
    return menu


def _item(site: AdminSite, label: str, icon: str, request: HttpRequest) -> dict[str, Any] | None:
    """One entry, or None for a page that does not exist or that this person may not open."""
    model = _model(label)
    if model is None or not site.is_registered(model):
        return None
    page = site._registry[model]
    if not (page.has_module_permission(request) and page.has_view_permission(request)):
        return None
    app_label, name = label.split(".")
    return {
        "title": capfirst(str(model._meta.verbose_name_plural)),
        "icon": icon,
        "link": reverse(f"admin:{app_label}_{name}_changelist"),
        "active": _is_active(request, f"/admin/{app_label}/{name}/"),
    }


def _link(link: Link, request: HttpRequest) -> dict[str, Any]:
    """The entry of a page that belongs to no model's list."""
    url = reverse(f"admin:{link.page}")
    return {"title": link.title, "icon": link.icon, "link": url, "active": _is_active(request, url)}


def _is_active(request: HttpRequest, path: str) -> Callable[[HttpRequest], bool]:
    """Exact by path prefix: the theme's own test takes ``/goods/`` for ``/goodsinfo/``."""
    own = any(page in request.path and page not in path for page in OWN_ENTRIES)
    active = request.path.startswith(path) and not own
    return lambda _request: active


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except LookupError:
        return None
