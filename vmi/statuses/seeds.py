"""The rows of the status table as the code of today expects them, and how migrations add more.

Migrations carry their rows literally, because history must not change; this list is what the system
check compares the enumerations and the table with.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation

TABLE: Final = "statuses_status"


class StatusRow(NamedTuple):
    """One status: ``value`` = kind × 100 + n (C-67), the kind's number, and its names."""

    value: int
    kind: int
    name: str
    name_en: str


KINDS: Final[dict[int, str]] = {
    1: "order",
    2: "document",
    3: "product",
    4: "partner",
    5: "goods",
    6: "shelf",
    7: "policy",
    8: "order_payment",
    9: "order_fulfilment",
    10: "order_aftersale",
    11: "return_order",
    12: "payment",
    13: "refund",
    14: "ship_notice",
}
"""What each kind describes; the number leads the values of its rows."""

SEEDS: Final[tuple[StatusRow, ...]] = (
    StatusRow(100, 1, "进行中", "Open"),
    StatusRow(101, 1, "已完成", "Completed"),
    StatusRow(102, 1, "已取消", "Cancelled"),
    StatusRow(103, 1, "超时关闭", "Expired"),
    StatusRow(200, 2, "草稿", "Draft"),
    StatusRow(201, 2, "待审核", "Pending"),
    StatusRow(202, 2, "已审核", "Approved"),
    StatusRow(203, 2, "执行中", "In progress"),
    StatusRow(204, 2, "已完成", "Done"),
    StatusRow(205, 2, "已驳回", "Rejected"),
    StatusRow(206, 2, "已取消", "Cancelled"),
    StatusRow(300, 3, "草稿", "Draft"),
    StatusRow(301, 3, "上架", "On shelf"),
    StatusRow(302, 3, "下架", "Off shelf"),
    StatusRow(400, 4, "启用", "Enabled"),
    StatusRow(401, 4, "停用", "Disabled"),
    StatusRow(500, 5, "在售", "On sale"),
    StatusRow(501, 5, "停售", "Off sale"),
    StatusRow(600, 6, "空闲", "Free"),
    StatusRow(601, 6, "使用中", "Used"),
    StatusRow(700, 7, "生效", "Enabled"),
    StatusRow(701, 7, "停用", "Disabled"),
    StatusRow(800, 8, "待付款", "Unpaid"),
    StatusRow(801, 8, "已付款", "Paid"),
    StatusRow(802, 8, "部分退款", "Partly refunded"),
    StatusRow(803, 8, "已退款", "Refunded"),
    StatusRow(900, 9, "未发货", "Unfulfilled"),
    StatusRow(901, 9, "已通知仓库", "Warehouse notified"),
    StatusRow(902, 9, "已发货", "Shipped"),
    StatusRow(903, 9, "已收货", "Received"),
    StatusRow(904, 9, "无需发货", "Nothing to ship"),
    StatusRow(1000, 10, "无售后", "None"),
    StatusRow(1001, 10, "退货中", "Returning"),
    StatusRow(1002, 10, "已退货", "Returned"),
    StatusRow(1003, 10, "部分退货", "Partly returned"),
    StatusRow(1100, 11, "待收货", "Requested"),
    StatusRow(1101, 11, "待检验", "Received"),
    StatusRow(1102, 11, "已完成", "Done"),
    StatusRow(1103, 11, "已拒绝", "Rejected"),
    StatusRow(1200, 12, "待支付", "Created"),
    StatusRow(1201, 12, "已支付", "Settled"),
    StatusRow(1202, 12, "支付失败", "Failed"),
    StatusRow(1203, 12, "已关闭", "Closed"),
    StatusRow(1300, 13, "待退款", "Requested"),
    StatusRow(1301, 13, "已退款", "Settled"),
    StatusRow(1302, 13, "退款失败", "Failed"),
    StatusRow(1400, 14, "待发送", "To send"),
    StatusRow(1401, 14, "已发送", "Sent"),
    StatusRow(1402, 14, "已出库", "Done"),
    StatusRow(1403, 14, "已取消", "Cancelled"),
)


def insert_statuses(rows: Sequence[tuple[int, int, str, str]]) -> list[Operation]:
    """Migration operations that add rows, without the guard (the first seeding, before it exists)."""
    insert = f"INSERT INTO {TABLE} (value, kind, name, name_en) VALUES (%s, %s, %s, %s)"  # noqa: S608 (a constant)
    delete = f"DELETE FROM {TABLE} WHERE value = %s"  # noqa: S608 (a constant)
    return [RunSQL([(insert, list(row)) for row in rows], [(delete, [row[0]]) for row in rows])]


def seed_statuses(rows: Sequence[tuple[int, int, str, str]]) -> list[Operation]:
    """Migration operations that add rows to the guarded table: guard off, insert, guard on.

    For the migrations of later features; the rows go into :data:`SEEDS` as well.
    """
    off = f"ALTER TABLE {TABLE} DISABLE TRIGGER USER"
    on = f"ALTER TABLE {TABLE} ENABLE TRIGGER USER"
    return [RunSQL(off, on), *insert_statuses(rows), RunSQL(on, off)]


def guard_operations() -> list[Operation]:
    """Migration operations that make the table refuse every write from now on (C-12)."""
    guard = f"{TABLE}_guard"
    return [
        RunSQL(
            f"CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{TABLE} is read-only: % refused', TG_OP USING ERRCODE = 'restrict_violation'; "
            f"END $$",
            f"DROP FUNCTION IF EXISTS {guard}()",
        ),
        RunSQL(
            f"CREATE TRIGGER {guard} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {guard}()",
            f"DROP TRIGGER IF EXISTS {guard} ON {TABLE}",
        ),
    ]
