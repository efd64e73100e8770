"""The codes of DA/T 70-2018 (四性检测): what each is called, what for, on what basis, and in which phase it is asked.

Numbers run through each of the four properties (1 真实性, 2 完整性, 3 可用性, 4 安全性) and are the same in every
phase; the phase is the prefix. Names marked `ours` are not evidenced in the sources we have (domain.md 4.4).
"""

import dataclasses
from collections.abc import Mapping
from typing import Literal

Phase = Literal["GD", "YJ", "CQ"]
PHASE_NAMES: Mapping[Phase, str] = {"GD": "归档", "YJ": "移交与接收", "CQ": "长期保存"}
"""GD and YJ are the standard's prefixes; that of the third phase was found in no source: CQ is ours (ADR 0041)."""
PROPERTY_NAMES: Mapping[str, str] = {"1": "真实性", "2": "完整性", "3": "可用性", "4": "安全性"}

ALL: tuple[Phase, ...] = ("GD", "YJ", "CQ")
HANDED: tuple[Phase, ...] = ("GD", "YJ")
_STANDARD = "DA/T 70-2018"


@dataclasses.dataclass(frozen=True, slots=True)
class Code:
    """One check: number without the phase, official name, purpose, basis, phases; `ours` where the name is."""

    number: str
    name: str
    purpose: str
    basis: str = _STANDARD
    phases: tuple[Phase, ...] = ALL
    ours: bool = False
    manual: bool = False

    @property
    def property_name(self) -> str:
        """真实性, 完整性, 可用性 or 安全性."""
        return PROPERTY_NAMES[self.number[0]]


_CODES = (
    Code("1-1", "固化信息有效性", "摘要、电子印章、时间戳与存证日志均有效", f"{_STANDARD}；GB/T 32905；GB/T 38540"),
    Code("1-2", "元数据项数据长度", "各元数据项不超过规定长度", f"{_STANDARD}；DA/T 46-2009", HANDED),
    Code("1-3", "元数据项数据类型、格式", "数字、日期、代码符合规定格式", f"{_STANDARD}；DA/T 46-2009", HANDED),
    Code("1-4", "设定值域的元数据项值域符合度", "代码取自规定的值域", f"{_STANDARD}；DA/T 46-2009", HANDED),
    Code("1-5", "元数据项数据值合理性", "时间先后、年份、页数合理", phases=HANDED),
    Code("1-6", "元数据项数据包含特殊字符", "没有控制字符、自造字与乱码", phases=HANDED),
    Code("1-7", "档号规范性", "档号格式正确且与元数据一致", f"{_STANDARD}；DA/T 13-2022", HANDED),
    Code("1-8", "元数据项数据重复性", "档号、电子文件号、证照编号在全宗内不重复", phases=HANDED),
    Code("1-10", "内容数据的电子属性一致性", "大小、格式、扩展名与元数据一致"),
    Code("1-11", "元数据是否关联内容数据", "元数据所指的文件都在包内", phases=HANDED),
    Code("1-12", "说明文件和目录文件规范性", "说明文件与目录文件齐备且规范", f"{_STANDARD}；RFC 8493", HANDED),
    Code("1-13", "信息包目录结构规范性", "文件夹与文件命名符合规定", f"{_STANDARD}；GB/T 42727-2023", HANDED),
    Code("1-14", "信息包一致性", "信息包与形成、移交时一致"),
    Code("2-1", "总件数相符性", "文件数与登记、交接清单相符", phases=HANDED),
    Code("2-2", "总字节数相符性", "字节数与登记、交接清单相符"),
    Code("2-3", "元数据项完整性", "规定的元数据项齐全", f"{_STANDARD}；GB/T 42727-2023", HANDED),
    Code("2-4", "元数据必填著录项目", "必填项不为空", f"{_STANDARD}；DA/T 46-2009", HANDED),
    Code("2-5", "过程信息完整性", "收件、受理、决定、办结各环节均有记录", f"{_STANDARD}；GB/T 42727-2023", HANDED),
    Code("2-6", "连续性元数据项", "件号、顺序号、页号连续", phases=HANDED),
    Code("2-7", "内容数据完整性", "页数与记录一致", phases=HANDED),
    Code("2-8", "附件数据完整性", "核对与识别记录所列文件都在包内", phases=HANDED),
    Code("2-9", "归档范围", "当日材料清单与全要素所列均已归档", f"{_STANDARD}；DA/T 85-2019", HANDED),
    Code("2-10", "信息包元数据完整性", "信息包自身的元数据齐全", f"{_STANDARD}；DA/T 48-2009 附录C", HANDED),
    Code("2-11", "信息包内容数据完整性", "清单所列文件都能找到"),
    Code("3-1", "信息包中元数据的可读性", "元数据文件可以解析"),
    Code("3-2", "目标数据库中的元数据可访问性", "数据库中能查到且与信息包一致"),
    Code("3-3", "内容数据格式", "格式在接受范围内", f"{_STANDARD}；GB/T 18894-2016；GB/T 33190"),
    Code("3-4", "内容数据的可读性", "文件能打开，首页与末页能显示"),
    Code("3-4-1", "压缩炸弹", "压缩比正常", "福州市政务服务电子档案检测项", HANDED),
    Code("3-4-2", "解包", "压缩格式的文件能完整解开", "福州市政务服务电子档案检测项", HANDED),
    Code("3-5", "内容数据格式长期可用性", "格式适合长期保存"),
    Code("3-6", "软硬件环境合规性", "读取包内格式所需的软件齐备并记录版本"),
    Code("3-7", "备份数据可恢复性", "第二存储中有相同的数据", ours=True),
    Code("3-8", "信息包中包含的内容数据格式合规性", "没有加密、私有压缩", phases=HANDED),
    Code("4-1", "系统环境中是否安装杀毒软件", "杀毒软件与病毒库版本", manual=True),
    Code("4-2", "病毒感染", "未感染病毒", manual=True),
    Code("4-3", "载体中多余文件", "没有清单以外的文件", phases=("YJ",)),
    Code("4-4", "载体读取速度", "载体能正常读取", phases=("YJ", "CQ"), manual=True),
    Code("4-5", "载体外观", "载体没有损伤", phases=("YJ", "CQ"), manual=True),
    Code("4-6", "光盘合格性", "光盘符合归档要求", f"{_STANDARD}；DA/T 38-2021", ("YJ", "CQ"), manual=True),
    Code("4-7", "操作过程安全性", "操作有责任人，通道与存储可信", phases=HANDED),
)
CODES: Mapping[str, Code] = {code.number: code for code in _CODES}
"""Every check by its number. 1-9 is not evidenced in any source and is left free."""
MANUAL_CODES = tuple(code.number for code in _CODES if code.manual)
"""What a person may enter: carriers by eye and instrument, and a virus scan made with another program."""


def codes_of(phase: Phase) -> list[Code]:
    """The checks of a phase, in their order."""
    return [code for code in _CODES if phase in code.phases]
