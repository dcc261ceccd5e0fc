"""The statuses of the first release, and the guard that refuses every later write (C-12)."""

from django.db import migrations

from vmi.statuses.seeds import guard_operations, insert_statuses

ROWS = [
    (100, 1, "进行中", "Open"),
    (101, 1, "已完成", "Completed"),
    (102, 1, "已取消", "Cancelled"),
    (103, 1, "超时关闭", "Expired"),
    (200, 2, "草稿", "Draft"),
    (201, 2, "待审核", "Pending"),
    (202, 2, "已审核", "Approved"),
    (203, 2, "执行中", "In progress"),
    (204, 2, "已完成", "Done"),
    (205, 2, "已驳回", "Rejected"),
    (206, 2, "已取消", "Cancelled"),
    (300, 3, "草稿", "Draft"),
    (301, 3, "上架", "On shelf"),
    (302, 3, "下架", "Off shelf"),
    (400, 4, "启用", "Enabled"),
    (401, 4, "停用", "Disabled"),
    (500, 5, "在售", "On sale"),
    (501, 5, "停售", "Off sale"),
    (600, 6, "空闲", "Free"),
    (601, 6, "使用中", "Used"),
    (700, 7, "生效", "Enabled"),
    (701, 7, "停用", "Disabled"),
    (800, 8, "待付款", "Unpaid"),
    (801, 8, "已付款", "Paid"),
    (802, 8, "部分退款", "Partly refunded"),
    (803, 8, "已退款", "Refunded"),
    (900, 9, "未发货", "Unfulfilled"),
    (901, 9, "已通知仓库", "Warehouse notified"),
    (902, 9, "已发货", "Shipped"),
    (903, 9, "已收货", "Received"),
    (904, 9, "无需发货", "Nothing to ship"),
    (1000, 10, "无售后", "None"),
    (1001, 10, "退货中", "Returning"),
    (1002, 10, "已退货", "Returned"),
    (1003, 10, "部分退货", "Partly returned"),
    (1100, 11, "待收货", "Requested"),
    (1101, 11, "待检验", "Received"),
    (1102, 11, "已完成", "Done"),
    (1103, 11, "已拒绝", "Rejected"),
    (1200, 12, "待支付", "Created"),
    (1201, 12, "已支付", "Settled"),
    (1202, 12, "支付失败", "Failed"),
    (1203, 12, "已关闭", "Closed"),
    (1300, 13, "待退款", "Requested"),
    (1301, 13, "已退款", "Settled"),
    (1302, 13, "退款失败", "Failed"),
    (1400, 14, "待发送", "To send"),
    (1401, 14, "已发送", "Sent"),
    (1402, 14, "已出库", "Done"),
    (1403, 14, "已取消", "Cancelled"),
]


class Migration(migrations.Migration):
    dependencies = [("statuses", "0001_initial")]

    operations = [*insert_statuses(ROWS), *guard_operations()]
