"""Channels by name, for documents that refer to one."""

from collections.abc import Collection

from vmi.core.db import fetch_prepared


def channel_names(channel_ids: Collection[int]) -> dict[int, str]:
    """The names of these channels; unknown ones are left out."""
    rows = fetch_prepared(
        "SELECT id, name FROM inventory_channel WHERE id = ANY(%(ids)s::bigint[])", {"ids": sorted(set(channel_ids))}
    )
    return {row["id"]: row["name"] for row in rows}
