"""What each material says in the invented world: form, fields, the rest of its text, and whose seals it bears."""

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import get_args

from catalogue import amount_in_words
from samples.numerals import chinese_date
from samples.world import (
    AGENT,
    AGENT_CODE,
    APPROVAL_BUREAU,
    BUILDER_OWNER,
    CONTRACTOR,
    DESIGNER,
    MARKET_BUREAU,
    PROJECT,
    PROJECT_CODE,
    PROJECT_MANAGER,
    PROJECT_PLACE,
    RESOURCES_BUREAU,
    REVIEWER,
    SURVEYOR,
    WORKS,
    Works,
    WorksName,
)

Text = Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Form:
    """A kind of form: `template` in `forms/`, fields and other text for a works, and the seals.

    `seals` maps a role to the field (or other text) that names whose seal it is; `lapsed` are the printed values that
    make it one that ran out before 2026-11-22, the day of all stories, empty when the material has no end.
    """

    code: str
    name: str
    template: str
    fields: Callable[[Works], Text]
    rest: Callable[[Works], Text]
    seals: Text
    lapsed: Text = dataclasses.field(default_factory=dict)
    caption: str = ""


_LICENCE_SCOPE = (
    "许可项目：建设工程施工。一般项目：智能基础制造装备制造；工业机器人制造；机械设备研发；物料搬运装备销售；"
    "技术服务、技术开发、技术咨询。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
)


def _application(w: Works) -> Text:
    return {
        "建设单位": BUILDER_OWNER.name,
        "统一社会信用代码": BUILDER_OWNER.code,
        "项目名称": PROJECT,
        "项目代码": PROJECT_CODE,
        "工程名称": w.name,
        "建设地点": PROJECT_PLACE,
        "建设规模": w.scale,
        "合同价格": w.price_printed,
        "法定代表人": BUILDER_OWNER.legal_person,
        "申请日期": chinese_date(w.applied),
    }


def _application_rest(_: Works) -> Text:
    return {
        "合同工期": "365日历天",
        "设计单位": DESIGNER.name,
        "施工单位": CONTRACTOR.name,
        "项目经理": PROJECT_MANAGER,
        "结构类型": "钢结构",
    }


def _licence(_: Works) -> Text:
    return {
        "统一社会信用代码": BUILDER_OWNER.code,
        "名称": BUILDER_OWNER.name,
        "类型": "有限责任公司（自然人投资或控股）",
        "法定代表人": BUILDER_OWNER.legal_person,
        "注册资本": "5000万元",
        "成立日期": "2019年6月18日",
        "营业期限": "长期",
        "住所": PROJECT_PLACE,
        "登记机关": MARKET_BUREAU,
    }


def _letter_of_attorney(_: Works) -> Text:
    return {
        "委托单位": BUILDER_OWNER.name,
        "法定代表人": BUILDER_OWNER.legal_person,
        "受托人": AGENT,
        "身份证号": AGENT_CODE,
        "委托事项": "办理工程建设项目审批事项的申报、材料提交、补正及领取审批结果",
        "有效期至": "2027年6月30日",
        "签署日期": "2026年11月10日",
    }


def _filing(_: Works) -> Text:
    return {
        "项目代码": PROJECT_CODE,
        "项目名称": PROJECT,
        "项目单位": BUILDER_OWNER.name,
        "建设地点": PROJECT_PLACE,
        "总投资": "26,000万元",
        "备案日期": "2026年3月12日",
    }


def _filing_rest(_: Works) -> Text:
    return {
        "备案证号": "江审批备〔2026〕57号",
        "统一社会信用代码": BUILDER_OWNER.code,
        "建设规模": "新建厂房两栋及配套设施，总建筑面积27840.50平方米，年产智能搬运装备1200台（套）",
        "备案机关": APPROVAL_BUREAU,
    }


def _land_permit(_: Works) -> Text:
    return {
        "证书编号": "地字第990101202600018号",
        "用地单位": BUILDER_OWNER.name,
        "项目名称": PROJECT,
        "用地位置": PROJECT_PLACE,
        "用地面积": "42680.00平方米",
        "土地用途": "工业用地",
        "发证机关": RESOURCES_BUREAU,
        "发证日期": "2026年4月28日",
    }


def _works_permit(_: Works) -> Text:
    return {
        "证书编号": "建字第990101202600031号",
        "建设单位": BUILDER_OWNER.name,
        "建设项目名称": PROJECT,
        "建设位置": PROJECT_PLACE,
        "建设规模": "总建筑面积27840.50平方米",
        "发证机关": RESOURCES_BUREAU,
        "发证日期": "2026年7月15日",
    }


def _review(w: Works) -> Text:
    return {
        "合格书编号": w.review_number,
        "工程名称": w.name,
        "建设单位": BUILDER_OWNER.name,
        "设计单位": DESIGNER.name,
        "审查机构": REVIEWER.name,
        "审查日期": chinese_date(w.reviewed),
    }


def _review_rest(w: Works) -> Text:
    return {
        "勘察单位": SURVEYOR.name,
        "建筑面积": w.area,
        "工程等级": "二级",
        "结构类型": "钢结构",
        "层数": w.floors,
    }


def _contract(w: Works) -> Text:
    return {
        "合同编号": w.contract_number,
        "发包人": BUILDER_OWNER.name,
        "承包人": CONTRACTOR.name,
        "工程名称": w.name,
        "签约合同价": w.price_printed,
        "签订日期": chinese_date(w.contracted),
    }


def _contract_rest(w: Works) -> Text:
    return {
        "工程地点": PROJECT_PLACE,
        "项目代码": PROJECT_CODE,
        "承包范围": "施工图范围内的土建、钢结构、给排水、电气、消防、通风及室外配套工程",
        "合同价大写": amount_in_words(Decimal(w.price)),
        "安全文明施工费": w.safety_fee,
        "项目经理": PROJECT_MANAGER,
        "发包人法定代表人": BUILDER_OWNER.legal_person,
        "承包人法定代表人": CONTRACTOR.legal_person,
        "发包人代码": BUILDER_OWNER.code,
        "承包人代码": CONTRACTOR.code,
    }


def _award(w: Works) -> Text:
    return {
        "中标人": CONTRACTOR.name,
        "工程名称": w.name,
        "招标人": BUILDER_OWNER.name,
        "中标价": w.price_printed,
        "通知日期": chinese_date(w.awarded),
    }


def _award_rest(w: Works) -> Text:
    return {
        "招标编号": w.tender_number,
        "投标日期": chinese_date(w.tendered),
        "工程名称句": w.name,
        "中标价大写": amount_in_words(Decimal(w.price)),
        "项目经理": PROJECT_MANAGER,
        "招标人法定代表人": BUILDER_OWNER.legal_person,
    }


def _pledge(w: Works) -> Text:
    return {"承诺单位": BUILDER_OWNER.name, "工程名称": w.name, "承诺日期": chinese_date(w.pledged)}


def _permit(w: Works) -> Text:
    return {
        "编号": w.permit_number,
        "建设单位": BUILDER_OWNER.name,
        "工程名称": w.name,
        "建设地址": PROJECT_PLACE,
        "建设规模": w.scale,
        "合同价格": w.price_printed,
        "设计单位": DESIGNER.name,
        "施工单位": CONTRACTOR.name,
        "发证机关": APPROVAL_BUREAU,
        "发证日期": chinese_date(w.permitted),
    }


def _attachments(_: Works) -> Text:
    return {"批准用地机关": "江澜市人民政府", "附图": "总平面图一份"}


_OFFICE = {"发证机关": "发证机关"}
_ALL = (
    Form("M-SQB", "建筑工程施工许可证申请表", "sqb", _application, _application_rest, {"建设单位": "建设单位"}),
    Form(
        "M-YYZZ",
        "营业执照",
        "yyzz",
        _licence,
        lambda _: {"经营范围": _LICENCE_SCOPE, "核准日期": "2024年5月21日"},
        {"登记机关": "登记机关"},
        lapsed={"营业期限": "2019年6月18日至2026年9月30日"},
    ),
    Form(
        "M-SQWT",
        "授权委托书",
        "sqwt",
        _letter_of_attorney,
        lambda _: {"项目名称": PROJECT},
        {"委托单位": "委托单位"},
        lapsed={"签署日期": "2026年3月16日", "有效期至": "2026年9月30日"},
    ),
    Form("OUT-LX", "企业投资项目备案证", "lx", _filing, _filing_rest, {"备案机关": "备案机关"}),
    Form("OUT-YDGH", "建设用地规划许可证", "ydgh", _land_permit, _attachments, _OFFICE),
    Form("OUT-GCGH", "建设工程规划许可证", "gcgh", _works_permit, _attachments, _OFFICE),
    Form(
        "OUT-ST",
        "施工图设计文件审查合格书",
        "st",
        _review,
        _review_rest,
        {"审查机构": "审查机构"},
        caption="审查专用章",
    ),
    Form("M-SGHT", "建设工程施工合同", "sght", _contract, _contract_rest, {"发包人": "发包人", "承包人": "承包人"}),
    Form("OUT-ZB", "中标通知书", "zb", _award, _award_rest, {"招标人": "招标人"}),
    Form(
        "M-CNS",
        "建设资金落实承诺书",
        "cns",
        _pledge,
        lambda w: {"合同价": w.price_printed, "法定代表人": BUILDER_OWNER.legal_person},
        {"承诺单位": "承诺单位"},
    ),
    Form("OUT-SGXK", "建筑工程施工许可证", "sgxk", _permit, lambda _: {"合同工期": "365日历天"}, _OFFICE),
)
FORMS: Mapping[str, Form] = {form.code: form for form in _ALL}
TYPES: tuple[str, ...] = tuple(FORMS)
"""Codes of the material types that samples can be made of."""
WORKS_NAMES: tuple[WorksName, ...] = get_args(WorksName)


def works(name: WorksName) -> Works:
    """The works of that short name."""
    return WORKS[name]
