"""The chapter of members: who buys, who brought them along, and what they get for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from credits.services import create_policy, disable_policy
from orders.demo.people import CUSTOMER_LOGIN
from orders.services import Consignee
from partners.selectors import level_rows
from partners.services import (
    PartnerRow,
    create_level,
    register_partner,
    register_partners,
    update_level,
)
from vmi.accounts.models import User
from vmi.core import clock
from vmi.core.actors import Actor

TOP_LEVEL_FROM: Final = 50_000
"""Points from which a member is a diamond one."""

WAVE: Final = timedelta(days=1)
"""Time between two groups of registrations; later groups name members of earlier ones as referers."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A member: name, place (see PLACES) and the one who brought them (index in BUYERS)."""

    name: str
    place: int
    referer: int | None = None


BUYERS: Final = (
    Buyer("李雷", 0), Buyer("韩梅梅", 1), Buyer("王建国", 2), Buyer("刘洋", 3), Buyer("陈思雨", 4),
    Buyer("杨帆", 5), Buyer("北京启明科技有限公司", 0), Buyer("上海云帆贸易有限公司", 1), Buyer("吴倩", 6),
    Buyer("郑凯", 7), Buyer("冯雪", 0, 0), Buyer("褚卫东", 1, 0), Buyer("卫子轩", 2, 1), Buyer("蒋文", 3, 2),
    Buyer("沈佳怡", 4, 2), Buyer("韩磊", 5, 10), Buyer("杨柳", 6, 10), Buyer("朱丽", 7, 11), Buyer("秦岭", 0, 5),
    Buyer("尤佳", 1, 5), Buyer("许晴川", 2, 12), Buyer("何晓东", 3, 12), Buyer("吕梁", 4, 18), Buyer("施雨桐", 5, 18),
    Buyer("广州体育俱乐部", 2), Buyer("孔祥宇", 6, 20), Buyer("曹颖", 7, 20), Buyer("严冬", 0, 21),
    Buyer("华宇航", 1, 21), Buyer("金星", 2, 19),
)  # fmt: skip
"""The first one is the customer who can sign in."""

DISABLED_BUYER: Final = 23
"""A member who closes the account at the very end."""

WAVES: Final = (10, 15, 20, 25, 30)
"""Where the groups of registrations end."""

PLACES: Final = (
    ("110000", "110100", "110105", "北京市朝阳区建国路 88 号"),
    ("310000", "310100", "310115", "上海市浦东新区世纪大道 100 号"),
    ("440000", "440100", "440106", "广州市天河区体育西路 20 号"),
    ("440000", "440300", "440305", "深圳市南山区科苑路 15 号"),
    ("330000", "330100", "330106", "杭州市西湖区文三路 256 号"),
    ("510000", "510100", "510104", "成都市锦江区红星路 1 号"),
    ("320000", "320100", "320106", "南京市鼓楼区中山路 55 号"),
    ("420000", "420100", "420106", "武汉市武昌区中南路 7 号"),
)
"""Administrative codes of province, city and district, and the address."""


def ref_of(index: int) -> str:
    """How the demo knows a member again."""
    return f"DEMO-M{index + 1:02d}"


def telephone_of(index: int) -> str:
    """A made-up number for each."""
    return f"138001380{index + 1:02d}"


def consignee_of(index: int) -> Consignee:
    """Where a member's goods go."""
    buyer = BUYERS[index]
    province, city, district, address = PLACES[buyer.place]
    return Consignee(buyer.name, telephone_of(index), province, city, district, address)


def load_members(start: datetime, actor: Actor) -> None:
    """Levels and policies first, then the members in waves; welcome credits follow by themselves."""
    _levels(actor)
    _policies(actor)
    codes: list[str] = []
    for number, end in enumerate(WAVES):
        with clock.at(start + number * WAVE):
            if not codes:
                codes.append(_customer(actor))
            rows = [_row(index, codes) for index in range(len(codes), end)]
            codes += [partner.code for partner in register_partners(rows, actor)]


def _customer(actor: Actor) -> str:
    """The first buyer belongs to the login of the role customer."""
    user = User.objects.get(username=CUSTOMER_LOGIN)
    partner = register_partner(
        name=BUYERS[0].name,
        telephone=telephone_of(0),
        wechat="lilei_demo",
        description="可用 customer 登录接口查看自己的订单和积分",
        user_id=user.pk,
        actor=actor,
    )
    return str(partner.code)


def _row(index: int, codes: list[str]) -> PartnerRow:
    buyer = BUYERS[index]
    return PartnerRow(
        name=buyer.name,
        telephone=telephone_of(index),
        wechat=f"demo_{index + 1:02d}" if index % 3 else "",
        description="企业客户，月结" if buyer.name.endswith(("公司", "俱乐部")) else "",
        referer_code=None if buyer.referer is None else codes[buyer.referer],
        source_ref=ref_of(index),
    )


def _levels(actor: Actor) -> None:
    """A fourth level above the three every namespace starts with (C-26: each starts where the one below ends)."""
    top = level_rows()[-1]
    update_level(level_id=top.id, changes={"max_points": TOP_LEVEL_FROM}, actor=actor)
    create_level(
        name="钻石会员",
        min_points=TOP_LEVEL_FROM,
        discount=Decimal("0.92"),
        description="专属客服、优先发货",
        sort=4,
        actor=actor,
    )


def _policies(actor: Actor) -> None:
    """One more policy of each state, beside the two every namespace starts with."""
    create_policy(
        name="signIn",
        description="参加店庆活动送积分",
        policy={"version": 1, "trigger": "activity", "points": 20, "cap": 20},
        actor=actor,
    )
    double = create_policy(
        name="double11",
        description="双十一订单双倍积分，已结束",
        policy={"version": 1, "trigger": "order", "rate": "1", "rounding": "floor", "cap": 5000},
        actor=actor,
    )
    disable_policy(policy_id=double.pk, actor=actor)
