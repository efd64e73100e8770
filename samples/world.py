"""The invented city of all samples: its companies, offices, people, one project and its works.

Region code 990101 is assigned to nobody, so nothing here can be taken for a real identifier.
"""

import dataclasses
import datetime as dt
from typing import Literal

from catalogue import make_uscc

REGION = "990101"
PROJECT_CODE = "2603-990101-04-01-318264"
PROJECT = "晨曦智能装备制造基地项目"
PROJECT_PLACE = "江澜市高新区晨曦路88号"

APPROVAL_BUREAU = "江澜市行政审批局"
RESOURCES_BUREAU = "江澜市自然资源局"
MARKET_BUREAU = "江澜市市场监督管理局"


def person_code(born: dt.date, serial: int) -> str:
    """An identity card number of the invented region with its check character (GB 11643-1999)."""
    digits = f"{REGION}{born:%Y%m%d}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(c) * w for c, w in zip(digits, weights, strict=True)) % 11]


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """A company: name, code and who stands for it in law."""

    name: str
    code: str
    legal_person: str


BUILDER_OWNER = Company("江澜晨曦智能装备有限公司", make_uscc("91990101MA7C2XG6"), "张明远")
CONTRACTOR = Company("江澜宏远建设集团有限公司", make_uscc("91990101MA3H8KT4"), "陈国梁")
DESIGNER = Company("江澜市建筑设计研究院有限公司", make_uscc("91990101MA1D5JY2"), "沈亦舟")
REVIEWER = Company("江澜正衡施工图审查有限公司", make_uscc("91990101MA5X9HU7"), "许国平")
SURVEYOR = Company("江澜市岩土勘察院有限公司", make_uscc("91990101MA6K3TC8"), "罗启航")

AGENT = "李思雨"
AGENT_CODE = person_code(dt.date(1990, 3, 7), 426)
PROJECT_MANAGER = "赵建业"

WorksName = Literal["1号厂房", "2号厂房"]


@dataclasses.dataclass(frozen=True, slots=True)
class Works:
    """One works (工程) of the project. `price` in yuan; numbers as their issuers print them."""

    name: str
    scale: str
    area: str
    floors: str
    price: int
    price_printed: str
    safety_fee: str
    contract_number: str
    review_number: str
    tender_number: str
    permit_number: str
    reviewed: dt.date
    tendered: dt.date
    awarded: dt.date
    contracted: dt.date
    pledged: dt.date
    applied: dt.date
    permitted: dt.date


WORKS: dict[WorksName, Works] = {
    "1号厂房": Works(
        name=PROJECT + "1号厂房",
        scale="建筑面积18600.50平方米，地上3层，建筑高度21.6米",
        area="18600.50平方米",
        floors="地上3层",
        price=86_500_000,
        price_printed="8,650万元",
        safety_fee="1,730,000.00元",
        contract_number="JLCX-SG-2026-001",
        review_number="JLZH-2026-0918",
        tender_number="JLZB-2026-1016",
        permit_number="990101202611250101",
        reviewed=dt.date(2026, 9, 18),
        tendered=dt.date(2026, 9, 28),
        awarded=dt.date(2026, 10, 16),
        contracted=dt.date(2026, 10, 30),
        pledged=dt.date(2026, 11, 19),
        applied=dt.date(2026, 11, 20),
        permitted=dt.date(2026, 11, 25),
    ),
    "2号厂房": Works(
        name=PROJECT + "2号厂房",
        scale="建筑面积9240.00平方米，地上2层，建筑高度15.3米",
        area="9240.00平方米",
        floors="地上2层",
        price=32_805_000,
        price_printed="3,280.5万元",
        safety_fee="656,100.00元",
        contract_number="JLCX-SG-2026-002",
        review_number="JLZH-2026-0925",
        tender_number="JLZB-2026-1023",
        permit_number="990101202611260101",
        reviewed=dt.date(2026, 9, 25),
        tendered=dt.date(2026, 10, 9),
        awarded=dt.date(2026, 10, 23),
        contracted=dt.date(2026, 11, 6),
        pledged=dt.date(2026, 11, 19),
        applied=dt.date(2026, 11, 21),
        permitted=dt.date(2026, 11, 26),
    ),
}
