"""Pictures of the stock: handed to the stock core by whoever brings them, and asked for where a system is polled."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from vmi.core import clock
from vmi.core.actors import Actor, wms_actor
from vmi.core.exceptions import DomainError
from warehousing import ports
from warehousing.choices import StockFigures
from warehousing.exceptions import ConnectionNotFound
from warehousing.models import WmsConnection
from warehousing.wms import adapter_for
from warehousing.wms.inbound import BadEventError
from warehousing.wms.stock import StockAnswer, parse_stock

logger = logging.getLogger(__name__)

ERROR_LENGTH_MAX = 500


def take_stock_of(*, connection_id: int, document: Any, actor: Actor) -> StockAnswer:
    """Compare a parsed JSON document with our stock of the connection's warehouse.

    Raises ConnectionNotFound, BadEventError for a document we cannot read, and what the stock core refuses.
    """
    connection = WmsConnection.objects.filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound(param="wmsConnection")
    is_net = connection.figures == StockFigures.NET
    return ports.take_stock(connection.warehouse_id, parse_stock(document), is_net, actor)


def poll_due_stock() -> int:
    """Ask every system whose time has come for its whole stock; returns how many answered. Outside any transaction."""
    now = clock.now()
    due = WmsConnection.objects.filter(_due(now), is_enabled=True).exclude(stock_url="").order_by("pk")
    return sum(_poll(connection, now) for connection in due)


def _due(now: datetime) -> Q:
    return Q(next_poll_at=None) | Q(next_poll_at__lte=now)


def _poll(connection: WmsConnection, now: datetime) -> bool:
    """One question; the next one is due after the interval, whatever became of this one."""
    mine = WmsConnection.objects.filter(_due(now), pk=connection.pk)
    if mine.update(next_poll_at=now + timedelta(minutes=connection.poll_minutes)) == 0:
        return False
    error = ""
    try:
        adapter = adapter_for(connection.mode, endpoint=connection.endpoint, secret=connection.secret)
        document = json.loads(adapter.fetch_stock(connection.stock_url))
        take_stock_of(connection_id=connection.pk, document=document, actor=wms_actor(connection.code))
    except DomainError as refusal:
        error = f"{refusal.code}: {refusal.details.get('reason', refusal)}"
    except BadEventError as bad:
        error = str(bad)
    except ValueError:
        error = "not JSON"
    WmsConnection.objects.filter(pk=connection.pk).update(poll_error=error[:ERROR_LENGTH_MAX])
    if error:
        logger.warning("stock of %s not taken: %s", connection.code, error)
    return not error
