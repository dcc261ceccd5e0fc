"""The only place of this app that takes row locks through models; the statements of commands lock in their own SQL."""

from inventory.choices import CorrectionState
from inventory.models import AllocationPool, Channel, ChannelShare, ChannelStock, Correction, Stocktake
from vmi.core.exceptions import NotFound


def lock_correction(correction_id: int) -> Correction:
    """The correction, so that only one of two people decides on it. Raises NotFound."""
    correction = Correction.objects.select_for_update().filter(pk=correction_id).first()
    if correction is None:
        raise NotFound(param="id")
    return correction


def lock_open_corrections() -> list[Correction]:
    """Every proposal that waits, in key order, while a proof brings them up to date."""
    return list(Correction.objects.select_for_update().filter(state=CorrectionState.PROPOSED).order_by("pk"))


def lock_pool(pool_id: int) -> AllocationPool:
    """The pool, while its importance is changed. Raises NotFound."""
    pool = AllocationPool.objects.select_for_update().filter(pk=pool_id).first()
    if pool is None:
        raise NotFound(param="id")
    return pool


def lock_bucket(bucket_id: int) -> ChannelStock:
    """The bucket, so that nobody promises from it while its rules change. Raises NotFound."""
    bucket = ChannelStock.objects.select_for_update(of=("self",)).filter(pk=bucket_id).first()
    if bucket is None:
        raise NotFound(param="bucket")
    return bucket


def lock_share(bucket_id: int, channel_id: int) -> ChannelShare | None:
    """The part of a channel in a shared bucket, if it has one; the bucket is locked before it."""
    return ChannelShare.objects.select_for_update().filter(bucket_id=bucket_id, channel_id=channel_id).first()


def lock_channel(channel_id: int) -> Channel:
    """The channel, while its rules change. Raises NotFound."""
    channel = Channel.objects.select_for_update().filter(pk=channel_id).first()
    if channel is None:
        raise NotFound(param="channel")
    return channel


def lock_stocktake(stocktake_id: int) -> Stocktake:
    """The document, so that its steps follow each other. Raises NotFound."""
    document = Stocktake.objects.select_for_update(of=("self",)).filter(pk=stocktake_id).first()
    if document is None:
        raise NotFound(param="id")
    return document
