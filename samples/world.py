"""The invented city of all samples: its companies, offices, people, one project and its works.

Region code 990101 is assigned to nobody, so nothing here can be taken for a real identifier. `samples.worlds` draws
other such cities from a seed; this one is that of the demonstration.
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


def person_code(born: dt.date, serial: int, region: str = REGION) -> str:
    """An identity card number of the invented region with its check character (GB 11643-1999)."""
    digits = f"{region}{born:%Y%m%d}{serial:03d}"
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


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """Everything that a form can name: one city, its offices, the parties of one project, and one of its works.

    `born` is the birthday of the agent, `serial` a three-digit number that its offices put into theirs, `year` the
    year in which most papers were made. Offices are called by what they do, so that forms read the same in each city.
    """

    city: str
    region: str
    district: str
    project: str
    project_code: str
    place: str
    owner: Company
    contractor: Company
    designer: Company
    reviewer: Company
    surveyor: Company
    supervisor: Company
    tester: Company
    consultant: Company
    bank: Company
    agent: str
    agent_code: str
    born: dt.date
    manager: str
    engineer: str
    officer: str
    phone: str
    serial: int
    year: int
    land_area: str
    floor_area: str
    investment: str
    works: Works

    @property
    def approval(self) -> str:
        """The office that approves (行政审批局)."""
        return f"{self.city}行政审批局"

    @property
    def resources(self) -> str:
        """The office for land and planning (自然资源局)."""
        return f"{self.city}自然资源局"

    @property
    def market(self) -> str:
        """The office that registers companies."""
        return f"{self.city}市场监督管理局"

    @property
    def ecology(self) -> str:
        """The office for the environment."""
        return f"{self.city}生态环境局"

    @property
    def reform(self) -> str:
        """The office for development and reform."""
        return f"{self.city}发展和改革委员会"

    @property
    def housing(self) -> str:
        """The office for housing and construction."""
        return f"{self.city}住房和城乡建设局"

    @property
    def water(self) -> str:
        """The office for water."""
        return f"{self.city}水利局"

    @property
    def defence(self) -> str:
        """The office for civil air defence."""
        return f"{self.city}国防动员办公室"

    @property
    def police(self) -> str:
        """The police station that issues identity cards."""
        return f"{self.city}公安局{self.district}分局"

    @property
    def quality(self) -> str:
        """The station that oversees quality and safety on sites."""
        return f"{self.city}建设工程质量安全监督站"

    @property
    def archives(self) -> str:
        """The city's construction archive."""
        return f"{self.city}城建档案馆"

    @property
    def short(self) -> str:
        """The first character of the city's name, as document numbers carry it."""
        return self.city[0]


def known_world(name: WorksName) -> World:
    """The city of the demonstration with that works of its project."""
    return World(
        city="江澜市",
        region=REGION,
        district="高新区",
        project=PROJECT,
        project_code=PROJECT_CODE,
        place=PROJECT_PLACE,
        owner=BUILDER_OWNER,
        contractor=CONTRACTOR,
        designer=DESIGNER,
        reviewer=REVIEWER,
        surveyor=SURVEYOR,
        supervisor=Company("江澜恒信工程监理有限公司", make_uscc("91990101MA2F7LP6"), "钱伯安"),
        tester=Company("江澜市建设工程质量检测中心有限公司", make_uscc("91990101MA4Q8RW3"), "冯志诚"),
        consultant=Company("江澜绿源环境科技有限公司", make_uscc("91990101MA8T2DN5"), "韩清"),
        bank=Company("江澜市商业银行股份有限公司高新支行", make_uscc("91990101MA9B6XE1"), "葛世昌"),
        agent=AGENT,
        agent_code=AGENT_CODE,
        born=dt.date(1990, 3, 7),
        manager=PROJECT_MANAGER,
        engineer="何静宜",
        officer="周文博",
        phone="13800005126",
        serial=57,
        year=2026,
        land_area="42680.00",
        floor_area="27840.50",
        investment="26,000万元",
        works=WORKS[name],
    )
