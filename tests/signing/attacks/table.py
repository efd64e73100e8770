"""The truth table of forgeries: what is done to a file of ours, what is answered, and why. To be read from the top.

Each row: the forgery in words, the file it starts from ("one" seal that certifies, "two" seals, "handed" in by
somebody), how it is made, the verdict, the codes of its reasons. `docs/forgeries.md` is this table printed.
"""

import dataclasses
import functools
from collections.abc import Callable

from tests.signing.attacks import persons, raw, shadows, updates
from tests.signing.attacks.ground import Ground, Shown

Maker = Callable[[Ground], bytes | Shown]


@dataclasses.dataclass(frozen=True)
class Row:
    group: str
    words: str
    of: str
    make: Maker
    verdict: str
    codes: frozenset[str]
    quick: bool = False


def _rows(group: str, *rows: tuple[str, str, Maker, str, str], quick: tuple[int, ...] = ()) -> list[Row]:
    return [
        Row(group, words, of, make, verdict, frozenset(codes.split()), number in quick)
        for number, (words, of, make, verdict, codes) in enumerate(rows)
    ]


FLIPPED = _rows(
    "改动一个字节",
    ("文件头", "one", raw.in_region("header"), "invalid", "signature-broken"),
    ("版本号", "one", raw.version_changed, "invalid", "changed timestamp-broken"),
    ("正文", "one", raw.in_region("body"), "invalid", "changed timestamp-broken"),
    ("交叉引用表", "one", raw.in_region("xref"), "invalid", "signature-broken timestamp-broken"),
    ("印章图样", "one", raw.in_region("appearance"), "invalid", "changed timestamp-broken"),
    ("签名值", "one", raw.in_value(0), "invalid", "signature-broken timestamp-broken"),
    ("签名后的补位", "one", raw.in_region("padding"), "invalid", "signature-broken timestamp-broken"),
    ("验证信息（DSS）", "one", raw.in_region("dss"), "invalid", "timestamp-broken"),
    ("存档时间戳", "one", raw.in_value(-1), "invalid", "timestamp-broken"),
    ("文件尾", "one", raw.in_region("trailer"), "invalid", "timestamp-broken"),
    ("文件末尾", "one", raw.in_region("end"), "invalid", "signature-broken"),
    quick=(2, 4, 7, 8),
)
ADDED = _rows(
    "盖章后追加修改（增量保存）",
    *(
        (f"{words}（{'一章锁定' if of == 'one' else '两章'}）", of, updates.changed(change, of), "invalid", codes)
        for words, change, codes in (
            ("盖住一行文字", updates.overlay, "changed"),
            ("换掉页面内容", updates.page_swapped, "changed"),
            ("追加一页", updates.page_appended, "changed"),
            ("改印章图样", updates.appearance, "changed"),
            ("移动印章", updates.moved, "changed"),
            ("隐藏印章", updates.seal_hidden, "changed"),
            ("去掉全部签章域", updates.seal_stripped, "signature-broken"),
            ("去掉验证信息（DSS）", updates.store_stripped, "changed"),
            ("改文件标题", updates.title_changed, "changed"),
            ("加自动执行的脚本", updates.script_added, "changed active-content hidden-content"),
            ("加空签章域盖住页面", updates.empty_field_over_the_page, "changed"),
            ("埋入一个没有引用的对象", updates.nothing_but_an_object, "changed"),
            ("加文字批注（EAA）", updates.annotation("/FreeText"), "changed"),
            ("加图章批注（EAA）", updates.annotation("/Stamp"), "changed"),
        )
        for of in ("one", "two")
    ),
    ("清空签章域的签名", "one", updates.changed(updates.value_emptied), "invalid", "changed seal-missing"),
    ("清空第一枚的签名", "two", updates.changed(updates.value_emptied, "two"), "invalid", "changed seal-missing"),
    ("去掉第二枚章", "two", updates.changed(updates.last_seal_stripped, "two"), "invalid", "changed seal-missing"),
    ("去掉锁定声明", "one", updates.changed(updates.permissions_dropped), "invalid", "changed"),
    ("追加伪造的吊销清单", "one", updates.lists_added_behind, "invalid", "changed"),
    (
        "外人再盖一章盖住页面（SSA）",
        "two",
        updates.sealed_over_by_a_stranger,
        "invalid",
        "untrusted timestamp-untrusted seal-unexpected seal-covers-page hidden-content",
    ),
    (
        "同一机构的别枚章盖住页面（SSA）",
        "two",
        updates.sealed_over_by_a_colleague,
        "invalid",
        "seal-unexpected seal-covers-page hidden-content",
    ),
    (
        "交件：空签章域盖住页面",
        "handed",
        updates.changed(updates.empty_field_over_the_page, "both"),
        "invalid",
        "changed",
    ),
    ("签章域借用真签名盖住页面", "handed", updates.changed(updates.signature_lent, "both"), "invalid", "changed"),
    ("签章域复制真签名盖住页面", "handed", updates.changed(updates.signature_copied, "both"), "invalid", "changed"),
    quick=(0, 9, 20, 30),
)
STRUCTURE = _rows(
    "截断、拼接、另存",
    ("截到盖章之前", "one", raw.cut_before_the_seal, "unknown", "unsigned"),
    ("截到存档时间戳之前（真，但不完整）", "one", raw.cut_behind_the_seal, "unknown", "level-too-low"),
    ("截掉第二枚章", "two", raw.cut_before_the_second_seal, "invalid", "seal-missing level-too-low"),
    ("截在签名中间", "one", raw.cut_in_the_signature, "unknown", "unreadable"),
    ("截去一半", "one", raw.cut_by_half, "unknown", "unreadable"),
    ("截去末尾几个字节", "one", raw.cut_by_a_few_bytes, "invalid", "signature-broken"),
    ("前面加字节", "one", raw.prepended, "invalid", "signature-broken"),
    ("前面拼一个网页", "one", raw.polyglot_before, "invalid", "signature-broken"),
    ("后面拼一个 ZIP", "one", raw.polyglot_behind, "invalid", "changed"),
    ("用 pikepdf 另存", "one", raw.saved_anew, "invalid", "changed timestamp-broken"),
    ("另存为网页优化", "one", raw.saved_for_the_web, "invalid", "changed timestamp-broken"),
    ("去掉签章后另存", "one", raw.seal_taken_off_and_saved, "unknown", "unsigned"),
    ("加密后另存", "one", raw.locked, "unknown", "encrypted"),
    ("追加对象、不写表（ISA）", "one", raw.objects_without_a_table, "invalid", "signature-broken"),
    (
        "追加对象、沿用旧表（ISA）",
        "one",
        raw.trailer_without_a_table,
        "invalid",
        "changed hidden-objects hidden-content",
    ),
    ("追加第二套对象索引（hybrid）", "handed", raw.second_table, "invalid", "changed two-indexes hidden-objects"),
    quick=(2, 9, 14),
)
SIGNATURE = _rows(
    "改签名字典",
    ("签名里无人签过的字节", "one", raw.unsigned_part_of_the_timestamp, "invalid", "timestamp-broken"),
    *(
        (f"USF：{new.decode() or '没有 ByteRange'}", "one", raw.byte_range(new), verdict, code)
        for new, verdict, code in (
            (b"/ByteRange null", "invalid", "signature-broken"),
            (b"/ByteRange []", "invalid", "changed"),
            (b"/ByteRange [0 0 0 0]", "invalid", "changed"),
            (b"/ByteRange [0 -1 5 5]", "invalid", "changed"),
            (b"/ByteRange [0 9]", "invalid", "changed"),
            (b"/ByteRange (x)", "invalid", "signature-broken"),
            (b"", "unknown", "unreadable"),
        )
    ),
    *(
        (f"USF：{new.decode() or '没有 Contents'}", "one", raw.contents(new), "invalid", "signature-broken")
        for new in (b"/Contents null", b"/Contents <>", b"/Contents <00>", b"/Contents ()", b"")
    ),
    ("USF：签名值全零", "one", raw.contents_zero, "invalid", "signature-broken"),
    ("范围改成整个文件", "one", raw.range_over_all, "invalid", "changed"),
    ("空档加宽", "one", raw.range_wider, "invalid", "signature-broken"),
    ("空档的补位里藏数据", "one", raw.padding_used, "invalid", "signature-broken"),
    ("签名换位包裹（SWA）", "one", raw.wrapped, "invalid", "signature-broken"),
    ("贴上另一份证照的签名", "one", raw.signature_of_another_file, "invalid", "changed"),
    ("改签章时间戳的时间", "one", raw.seal_time_edited, "invalid", "timestamp-broken"),
    ("改签章时间戳的时间（无存档时间戳）", "one", raw.seal_time_edited_alone, "invalid", "timestamp-broken"),
    ("改存档时间戳的时间", "one", raw.archive_time_edited, "invalid", "timestamp-broken"),
    ("去掉签章时间戳", "one", raw.timestamp_taken_out, "unknown", "no-timestamp"),
    quick=(0, 3, 8, 16, 17, 19),
)
SHADOW = _rows(
    "影子攻击（盖章前埋好，盖章后显出）",
    ("埋：白纸盖住文字（结构上看不出，看图）", "handed", shadows.cover_prepared, "valid", ""),
    ("显：撤去白纸（hide）", "handed", shadows.cover_taken_off, "invalid", "changed"),
    ("埋：关闭的图层", "handed", shadows.layer_prepared, "valid", "hidden-layers"),
    ("埋：关闭的图层，按自发证照问", "one", shadows.layer_prepared, "unknown", "hidden-layers hidden-content"),
    ("显：打开图层（replace）", "handed", shadows.layer_turned_on, "invalid", "changed"),
    ("埋：值与显示不同的表单域", "handed", shadows.form_prepared, "valid", "fillable-form"),
    ("显：改表单域的值（replace）", "handed", shadows.form_filled, "invalid", "changed fillable-form"),
    ("埋：第二套页面", "handed", shadows.pages_prepared, "valid", "hidden-objects"),
    ("埋：第二套页面，按自发证照问", "one", shadows.pages_prepared, "unknown", "hidden-objects hidden-content"),
    ("显：换用第二套页面（hide-and-replace）", "handed", shadows.pages_exchanged, "invalid", "changed hidden-objects"),
    ("埋：表中没有的对象", "handed", shadows.object_twice_prepared, "valid", "hidden-objects"),
    ("埋：脚本", "handed", shadows.script_prepared, "valid", "active-content"),
    ("埋：不显示的批注", "handed", shadows.annotation_prepared, "valid", "hidden-annotations"),
    quick=(1, 3, 6, 9),
)
PERSONS = _rows(
    "冒名、失效、张冠李戴",
    ("同名的别家机构", "handed", persons.same_names, "unknown", "untrusted timestamp-untrusted"),
    ("同名的别家机构，用我们的时间戳", "handed", persons.same_names_our_time, "unknown", "untrusted"),
    ("同一机构的别枚章", "one", persons.another_seal, "invalid", "seal-missing seal-unexpected"),
    (
        "用时间戳服务的密钥盖章",
        "one",
        persons.timestamp_key,
        "invalid",
        "wrong-purpose seal-missing seal-unexpected",
    ),
    ("只贴印章图片", "handed", persons.picture_pasted, "unknown", "unsigned"),
    ("印章图片放进空签章域", "handed", persons.picture_in_a_field, "unknown", "unsigned"),
    ("出示我们发给别的案件的真证照", "handed", persons.of_another_case, "invalid", "other-file"),
    ("证书停用之后盖章", "handed", persons.revoked_before, "invalid", "revoked"),
    ("密钥失窃（盖章在前也不认）", "handed", persons.stolen, "invalid", "revoked"),
    ("密钥失窃，证书到期之后再看", "handed", persons.stolen_and_ended, "invalid", "revoked"),
    ("证书停用之前盖章（不是伪造）", "handed", persons.withdrawn_later, "valid", "revoked-later"),
    ("证书到期之后盖章", "handed", persons.expired, "unknown", "expired"),
    ("时间戳服务的密钥失窃", "handed", persons.timestamper_stolen, "unknown", "timestamp-untrusted"),
    ("用 SHA-1 盖章", "handed", persons.sha1, "unknown", "untrusted no-timestamp"),
    ("没有吊销信息", "handed", persons.without_lists, "unknown", "revocation-unknown"),
    (
        "伪造的吊销清单掩盖吊销",
        "handed",
        functools.partial(updates.forged_list, ours_at_hand=False),
        "unknown",
        "revocation-unknown",
    ),
    (
        "伪造的吊销清单与真清单并存",
        "handed",
        functools.partial(updates.forged_list, ours_at_hand=True),
        "invalid",
        "revoked",
    ),
    quick=(0, 4, 6),
)
TABLE = [*FLIPPED, *ADDED, *STRUCTURE, *SIGNATURE, *SHADOW, *PERSONS]
HONEST = frozenset({"revoked-later"})
"""Codes of the rows that are no forgery; what is merely buried, and not yet brought forth, is valid as well."""
_FILES = {"one": "一章证照", "two": "两章文书", "handed": "交来的文件"}


def page() -> str:
    """The table as `docs/forgeries.md`; print it anew with `python -m tests.signing.attacks.table`."""
    lines = [
        "# 伪造与答复",
        "",
        "每一行都由 `tests/signing/attacks/` 从自制的证照做出伪造件，再按表核对。本页由",
        "`python -m tests.signing.attacks.table` 打印，测试核对二者一致。",
        "“一章证照”“两章文书”按自发证照的要求验证（指定的印章、B-LTA、之后不得再有任何字节）；“交来的文件”按收件的",
        "要求验证。标“埋”的行是盖章前埋下、尚未显出的内容：签章仍然真实，只作提示；一旦显出即为改动。",
    ]
    group = ""
    for row in TABLE:
        if row.group != group:
            group = row.group
            lines += ["", f"## {group}", "", "| 伪造 | 起点 | 答复 | 理由 |", "|---|---|---|---|"]
        codes = "、".join(f"`{code}`" for code in sorted(row.codes)) or "—"
        lines.append(f"| {row.words} | {_FILES[row.of]} | {row.verdict} | {codes} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
