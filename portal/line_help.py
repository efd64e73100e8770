"""What each line of the offline verifier says, for whoever reads its report; `docs/verifying.zh.md` says the same."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class LineHelp:
    """One code: what is compared, what to do where it failed, and what it does not prove."""

    code: str
    compared: str
    failed: str
    not_proved: str = ""


LINE_HELP = (
    LineHelp(
        "folder",
        "文件夹存在，能列出",
        "路径不对或介质损坏：重新复制",
        "",
    ),
    LineHelp(
        "stray",
        "包中没有多余的东西：链接、设备、重名、附加文件",
        "导出之后有人添加。索取新的导出，保留此包",
        "",
    ),
    LineHelp(
        "readable",
        "每个文件都能读到结尾",
        "介质损坏：从来源重新复制",
        "",
    ),
    LineHelp(
        "tags",
        "bagit.txt、bag-info.txt 和两份内容清单与两份标签清单的 SHA-256、SM3，并且是唯一的写法",
        "标签文件被改。索取新的导出",
        "谁都能重写这些摘要：只有 entry 把包与日志连在一起",
    ),
    LineHelp(
        "payload",
        "data/ 下每个文件与两份内容清单，不多不少",
        "所列文件被改、丢失或增加",
        "同上",
    ),
    LineHelp(
        "total",
        "总字节数和文件数与 bag-info.txt",
        "文件缺少或多出",
        "",
    ),
    LineHelp(
        "manifest",
        "清单是已知版本的规范 JSON，路径不重复，档号与其各部分一致",
        "清单被改，或出自更新的系统：换用新的验证程序",
        "",
    ),
    LineHelp(
        "elements",
        "每个要素的摘要和大小与清单，清单之外没有文件",
        "所列要素不是归档的那一份，虽然包自身相符：伪造，或来源已损坏",
        "要素是否齐全：见检测报告",
    ),
    LineHelp(
        "events",
        "办理过程.json 中每个事件（连同经办人、内容，以自身编号加盐）得出清单所记的摘要",
        "办理过程在打包前被改",
        "只列摘要的事件此处看不到",
    ),
    LineHelp(
        "seal",
        (
            "结果文件的每枚章：除一处空档外覆盖全文；之后只有验证信息、时间戳和后续印章；CMS 签名及摘要；"
            "到所给根证书的链；吊销；时间戳。印章与用印记录一致，且为长期验证（B-LTA）"
        ),
        (
            "changed、signature-broken、revoked、timestamp-broken、seal-missing、seal-unexpected：不要采信。"
            "untrusted、timestamp-untrusted：给出正确的根证书。revocation-unknown：用 --crl 给出最新清单"
        ),
        "申请人交来的文件只作说明。OFD 的章不在此判断。隐藏内容只查结构；不读 OCSP 应答",
    ),
    LineHelp(
        "checkpoint",
        "日志检查点由所给公钥签名，且是该日志的",
        "公钥不对，或是别的日志：以下各行都不算数",
        "",
    ),
    LineHelp(
        "entry",
        "从指明本清单摘要的条目到签名的根的 Merkle 路径",
        "此包不是日志中的那一件。询问机关和见证方",
        "条目是否及时写入：日志的时间是其服务器的时间",
    ),
    LineHelp(
        "growth",
        "以前保存的检查点是现在检查点的开头（一致性证明在 校验信息/log-growth.json）",
        "日志被改写或变短：保留两个检查点，它们就是证据",
        "不给 --earlier 就不比较",
    ),
    LineHelp(
        "witness",
        "所给见证方的签名及时间",
        "不成立的签名是伪造；不够数为未定：向见证方索取其签过的检查点",
        "没有见证方时，日志可能给别人看另一种历史",
    ),
    LineHelp(
        "head-time",
        "RFC 3161 时间戳覆盖日志签出的检查点，颁发者在所给根证书之下",
        "时间戳是别的内容的，或已损坏",
        "没有它，检查点何时存在只有日志自己说",
    ),
    LineHelp(
        "chain",
        "一并给出的补充归档依次以摘要指明前一件",
        "缺了中间一件、两件接在同一件之后，或不属于本档案",
        "是否给全：请向机关查最新一件",
    ),
    LineHelp(
        "children",
        "包内或一并给出的子档案（并联办理）与清单所列摘要一致",
        "不属于它的按 chain 报出",
        "未给出的只知摘要",
    ),
    LineHelp(
        "stopped",
        "某项检查遇到无法读下去的内容",
        "恶意或损坏的内容：该项未通过",
        "",
    ),
)
"""In the order of the report."""
