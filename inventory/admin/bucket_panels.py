"""What a bucket's page tells beside its figures: who sells it, and where more of the goods could come from."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inventory.models import ChannelStock
from inventory.selectors.sellers import sellers_of
from inventory.selectors.transfer_sources import TransferSource, transfer_sources
from vmi.core.admin.columns import link_to


def sellers_panel(bucket: ChannelStock) -> SafeString | str:
    """The channels that sell the bucket now, each with its cap if it has one."""
    found = sellers_of(bucket.pk)
    if not found:
        return _("No channel sells it now.")
    return format_html_join(
        " · ",
        "{}{}",
        (
            (
                link_to("inventory_channel_change", seller.channel_id, seller.name),
                "" if seller.cap_qty is None else f" (≤ {number_format(seller.cap_qty)})",
            )
            for seller in found
        ),
    )


def sources_panel(bucket: ChannelStock) -> SafeString | str:
    """Other warehouses with units of the goods, each with the way to a transfer from there (S001-31)."""
    found = transfer_sources(bucket.pk)
    if not found:
        return _("No other warehouse has units of these goods to spare.")
    rows = format_html_join(
        "",
        '<tr><td>{}</td><td>{}</td><td>{}</td><td class="bo-number">{}</td><td>{}</td></tr>',
        (
            (
                source.warehouse,
                source.purpose.label,
                _("own quota") if source.own else _("shared"),
                number_format(source.open_qty),
                _transfer_link(bucket, source),
            )
            for source in found
        ),
    )
    return format_html(
        '<div class="bo-table"><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th class="bo-number">{}</th>'
        "<th></th></tr></thead><tbody>{}</tbody></table></div>",
        _("Warehouse"),
        _("Purpose"),
        _("Quota"),
        _("Units to spare"),
        rows,
    )


def _transfer_link(bucket: ChannelStock, source: TransferSource) -> SafeString:
    """A new transfer from the place, with everything filled in that is known."""
    logical = bucket.pool.logical
    known = {
        "type": "transfer",
        "warehouse": source.warehouse_id,
        "owner": logical.owner_id,
        "destination": logical.warehouse_id,
        "quota_purpose": int(source.purpose),
    }
    if source.own:
        known["quota_channel"] = bucket.channel_id or ""
    url = f"{reverse('admin:stores_stockout_add')}?{urlencode(known)}"
    return format_html('<a class="bo-link" href="{}">{}</a>', url, _("Transfer"))
