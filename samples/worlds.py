"""Other invented cities, drawn from a seed: names, places, amounts, dates and codes with right check characters.

The same seed always gives the same world. Region codes begin with 99, which no region of China has, so nothing here
can be taken for a real identifier; telephone numbers begin with 13800, and company names join invented syllables.
"""

import datetime as dt
import functools
from collections.abc import Sequence

import numpy as np

from catalogue import make_construction_permit, make_uscc
from samples.world import Company, Works, World, person_code

_CITIES = ["云岫", "澄岭", "沧屿", "砚川", "望汀", "霁原", "棠溪", "鹭屏", "岚浦", "清洹"]
_DISTRICTS = ["东湖区", "新港区", "临江区", "文昌区", "北塘区", "西岭区", "城南区"]
_ROADS = ["启航路", "滨江大道", "望海街", "银杏路", "创业三路", "长兴街", "科技东路", "梧桐大道", "迎宾路", "青年路"]
_BRANDS = [
    "瑞昌",
    "鼎泰",
    "华岳",
    "锦程",
    "恒通",
    "博远",
    "翰林",
    "旭升",
    "金鑫",
    "海纳",
    "盛世",
    "淼源",
    "昇辉",
    "喆安",
]
_TRADES = ["新材料科技", "生物医药", "精密机械", "食品", "新能源汽车零部件", "电子信息", "置业", "物流", "纺织"]
_PROJECTS = [
    "年产5万吨复合材料生产基地项目",
    "高端医疗器械产业园项目",
    "智慧冷链物流中心项目",
    "锦绣家园安置房建设项目",
    "数字经济创新中心项目",
    "第三实验中学迁建项目",
    "人民医院门诊综合楼扩建项目",
    "绿色食品加工产业园（一期）项目",
]
_WORKS = ["1#楼", "2号车间", "3#厂房", "综合楼", "地下车库", "A栋研发楼", "5#住宅楼", "门卫及附属用房"]
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = [
    "建国",
    "志强",
    "晓峰",
    "丽华",
    "文静",
    "永刚",
    "海燕",
    "俊杰",
    "雪梅",
    "子涵",
    "宏伟",
    "思源",
    "秀英",
    "明",
    "磊",
    "婷",
]
_RARE = [
    "喆",
    "昇",
    "堃",
    "翀",
    "瑀",
    "淼",
    "赟",
    "志堃",
    "翀宇",
    "瑀涵",
    "淼鑫",
    "赟杰",
    "喆轩",
    "东昇",
    "奕喆",
    "景堃",
]
"""Given names with characters that are common in names and rare in text."""
_RARELY = 1 / 3
"""Share of people who bear one of those."""
_USCC_ALPHABET = list("0123456789ABCDEFGHJKLMNPQRTUWXY")
_FIRST_DAY = dt.date(2024, 5, 6)
"""The tender of the earliest world begins about then."""
_PEOPLE = 16


@functools.lru_cache(maxsize=64)
def drawn_world(seed: int) -> World:
    """The city of that number; any whole number from 0."""
    rng = np.random.default_rng((seed, 0x59D4))
    city, district = f"{_one(rng, _CITIES)}市", _one(rng, _DISTRICTS)
    region = f"99{_whole(rng, 1, 20):02d}{_whole(rng, 1, 15):02d}"
    people = _people(rng)
    brands = [str(brand) for brand in rng.permutation(_BRANDS)]
    day = _FIRST_DAY + dt.timedelta(days=_whole(rng, 0, 600))
    serial = _whole(rng, 3, 989)
    project = f"{brands[0]}{_one(rng, _PROJECTS)}"
    code = f"{day:%y%m}-{region}-04-{_whole(rng, 1, 5):02d}-{_whole(rng, 100000, 999999)}"
    born = dt.date(1970, 1, 1) + dt.timedelta(days=_whole(rng, 0, 11000))

    def company(trade: str, whose: int, brand: int) -> Company:
        body = "".join(_one(rng, _USCC_ALPHABET) for _ in range(6))
        return Company(f"{city[:-1]}{brands[brand]}{trade}", make_uscc(f"91{region}MA{body}"), people[whose])

    return World(
        city=city,
        region=region,
        district=district,
        project=project,
        project_code=code,
        place=f"{city}{district}{_one(rng, _ROADS)}{_whole(rng, 1, 999)}号",
        owner=company(f"{_one(rng, _TRADES)}有限公司", 0, 0),
        contractor=company(_one(rng, ["建设集团有限公司", "建筑工程有限公司", "市政工程有限责任公司"]), 1, 1),
        designer=company(_one(rng, ["建筑设计院有限公司", "工程设计研究院股份有限公司"]), 2, 2),
        reviewer=company("施工图审查有限公司", 3, 3),
        surveyor=company(_one(rng, ["岩土工程勘察有限公司", "地质勘测院有限公司"]), 4, 4),
        supervisor=company(_one(rng, ["工程监理有限公司", "建设项目管理咨询有限公司"]), 5, 5),
        tester=company("工程质量检测有限公司", 6, 6),
        consultant=company(_one(rng, ["环境科技有限公司", "工程咨询有限公司"]), 7, 7),
        bank=company(_one(rng, ["农村商业银行股份有限公司", "银行股份有限公司营业部"]), 8, 8),
        agent=people[9],
        agent_code=person_code(born, _whole(rng, 1, 999), region),
        born=born,
        manager=people[10],
        engineer=people[11],
        officer=people[12],
        phone=f"13800{_whole(rng, 0, 999999):06d}",
        serial=serial,
        year=day.year,
        land_area=f"{_whole(rng, 300000, 12000000) / 100:.2f}",
        floor_area=f"{_whole(rng, 900000, 9000000) / 100:.2f}",
        investment=f"{_whole(rng, 1800, 98000):,}万元",
        works=_works(rng, project, region, day, serial),
    )


def _works(rng: np.random.Generator, project: str, region: str, day: dt.date, serial: int) -> Works:
    floors = _whole(rng, 2, 26)
    area = f"{_whole(rng, 80000, 4200000) / 100:.2f}"
    price = _whole(rng, 320, 29_999) * 10_000 + _whole(rng, 0, 1) * _whole(rng, 1, 9999)
    steps = rng.integers(8, 25, 7).cumsum()
    days = [day + dt.timedelta(days=int(step)) for step in steps]
    return Works(
        name=project + _one(rng, _WORKS),
        scale=f"建筑面积{area}平方米，地上{floors}层，建筑高度{floors * 3.3:.1f}米",
        area=f"{area}平方米",
        floors=f"地上{floors}层",
        price=price,
        price_printed=f"{price // 10_000:,}万元" if price % 10_000 == 0 else f"{price:,}.00元",
        safety_fee=f"{price // 50:,}.00元",
        contract_number=f"HT-SG-{day.year}-{serial:03d}",
        review_number=f"STSC-{day.year}-{serial:04d}",
        tender_number=f"ZB{day:%Y%m}{serial:03d}",
        permit_number=make_construction_permit(region, days[6], _whole(rng, 1, 9)),
        reviewed=days[0],
        tendered=days[1],
        awarded=days[2],
        contracted=days[3],
        pledged=days[4],
        applied=days[5],
        permitted=days[6],
    )


def _people(rng: np.random.Generator) -> list[str]:
    names: list[str] = []
    while len(names) < _PEOPLE:
        given = _one(rng, _RARE if rng.random() < _RARELY else _GIVEN)
        name = _one(rng, list(_SURNAMES)) + given
        if name not in names:
            names.append(name)
    return names


def _one(rng: np.random.Generator, of: Sequence[str]) -> str:
    return of[int(rng.integers(len(of)))]


def _whole(rng: np.random.Generator, low: int, high: int) -> int:
    """A whole number, both ends possible."""
    return int(rng.integers(low, high + 1))
