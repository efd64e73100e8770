"""English for the page that explains the offline verifier."""

VERIFY_HELP = {
    "文件夹存在，能列出": "The folder is there and can be listed",
    "路径不对或介质损坏：重新复制": "Wrong path, or a damaged disk: copy it again",
    "包中没有多余的东西：链接、设备、重名、附加文件": (
        "Nothing lies in the bag but its files: no links, devices, doubled names, extra files"
    ),
    "导出之后有人添加。索取新的导出，保留此包": (
        "Something was added after the export. Ask for a new export; keep this one"
    ),
    "每个文件都能读到结尾": "Every file can be read to its end",
    "介质损坏：从来源重新复制": "The medium is damaged: copy it again from the source",
    "bagit.txt、bag-info.txt 和两份内容清单与两份标签清单的 SHA-256、SM3，并且是唯一的写法": (
        "bagit.txt, bag-info.txt and the two payload manifests against both tag manifests, by SHA-256 and "
        "SM3, in the one spelling that is written"
    ),
    "标签文件被改。索取新的导出": "A tag file was changed. Ask for a new export",
    "谁都能重写这些摘要：只有 entry 把包与日志连在一起": (
        "Anyone can write these digests anew: only entry ties the package to the log"
    ),
    "data/ 下每个文件与两份内容清单，不多不少": (
        "Every file below data/ against both payload manifests, no more and no fewer"
    ),
    "所列文件被改、丢失或增加": "The named file was changed, lost or added",
    "同上": "The same",
    "总字节数和文件数与 bag-info.txt": "Bytes and number of files against bag-info.txt",
    "文件缺少或多出": "Files are missing or too many",
    "清单是已知版本的规范 JSON，路径不重复，档号与其各部分一致": (
        "The manifest is canonical JSON of a known version, names each path once, and its 档号 is its parts"
    ),
    "清单被改，或出自更新的系统：换用新的验证程序": (
        "The manifest was changed or is of a newer system: take a newer verifier"
    ),
    "每个要素的摘要和大小与清单，清单之外没有文件": (
        "Digests and size of every element against the manifest; no file beside them"
    ),
    "所列要素不是归档的那一份，虽然包自身相符：伪造，或来源已损坏": (
        "The named element is not the one that was archived, though the bag agrees with itself: a forgery, "
        "or a damaged source"
    ),
    "要素是否齐全：见检测报告": "That the list of elements is full: see the inspection report",
    "办理过程.json 中每个事件（连同经办人、内容，以自身编号加盐）得出清单所记的摘要": (
        "Each event told in 办理过程.json, with its actor and details and salted with its own number, gives "
        "the digest that the manifest names"
    ),
    "办理过程在打包前被改": "The story of the case was changed before it was packed",
    "只列摘要的事件此处看不到": "Events named by digest only are not shown here",
    (
        "结果文件的每枚章：除一处空档外覆盖全文；之后只有验证信息、时间戳和后续印章；CMS 签名及摘要；"
        "到所给根证书的链；吊销；时间戳。印章与用印记录一致，且为长期验证（B-LTA）"
    ): (
        "Each seal in the results: its bytes are the file but for one gap; nothing followed but validation "
        "data, timestamps and further seals; the CMS signature and its digest; the chain to your roots; "
        "revocation; the timestamp. The seals are those on record, long-term (B-LTA)"
    ),
    (
        "changed、signature-broken、revoked、timestamp-broken、seal-missing、seal-unexpected：不要采信。"
        "untrusted、timestamp-untrusted：给出正确的根证书。revocation-unknown：用 --crl 给出最新清单"
    ): (
        "changed, signature-broken, revoked, timestamp-broken, seal-missing, seal-unexpected: do not rely on "
        "the file. untrusted, timestamp-untrusted: give the right root. revocation-unknown: give a current "
        "list with --crl"
    ),
    "申请人交来的文件只作说明。OFD 的章不在此判断。隐藏内容只查结构；不读 OCSP 应答": (
        "Files that applicants handed in are told as notes. Seals in OFD are not judged. Only the structure "
        "is looked at for hidden content; OCSP answers are not read"
    ),
    "日志检查点由所给公钥签名，且是该日志的": "The log's head is signed by the key you gave, for that log",
    "公钥不对，或是别的日志：以下各行都不算数": "Wrong key, or another log: nothing below it counts",
    "从指明本清单摘要的条目到签名的根的 Merkle 路径": (
        "The Merkle path from the entry that names this manifest's digest to the signed root"
    ),
    "此包不是日志中的那一件。询问机关和见证方": (
        "The package is not the one in the log. Ask the office and the witness"
    ),
    "条目是否及时写入：日志的时间是其服务器的时间": ("That the entry was made in time: the log's time is its server's"),
    "以前保存的检查点是现在检查点的开头（一致性证明在 校验信息/log-growth.json）": (
        "The head you kept is the beginning of this head (consistency proof in 校验信息/log-growth.json)"
    ),
    "日志被改写或变短：保留两个检查点，它们就是证据": (
        "The log was rewritten or shrank: keep both heads, they are the proof"
    ),
    "不给 --earlier 就不比较": "Without --earlier nothing is compared",
    "所给见证方的签名及时间": "The signatures of the witnesses you named, with their times",
    "不成立的签名是伪造；不够数为未定：向见证方索取其签过的检查点": (
        "A signature that does not hold is a forgery; too few make it unknown: fetch a cosigned head from the witness"
    ),
    "没有见证方时，日志可能给别人看另一种历史": "Without witnesses the log may show others another history",
    "RFC 3161 时间戳覆盖日志签出的检查点，颁发者在所给根证书之下": (
        "An RFC 3161 token over the head as the log signed it, by an authority under your roots"
    ),
    "时间戳是别的内容的，或已损坏": "The token is over something else or damaged",
    "没有它，检查点何时存在只有日志自己说": "Without it nobody but the log says when the head existed",
    "一并给出的补充归档依次以摘要指明前一件": (
        "Follow-ups given beside the package name, one after the other, the manifest before them by digest"
    ),
    "缺了中间一件、两件接在同一件之后，或不属于本档案": (
        "One is missing, two follow the same one, or a package does not belong"
    ),
    "是否给全：请向机关查最新一件": "That you were given all: ask the office what the newest one is",
    "包内或一并给出的子档案（并联办理）与清单所列摘要一致": (
        "Packages of a parallel case that lie in it, or are given beside it, have the digests that it names"
    ),
    "不属于它的按 chain 报出": "A child that does not belong fails as chain",
    "未给出的只知摘要": "Children not given are known by digest only",
    "某项检查遇到无法读下去的内容": "A check met bytes it could not follow to the end",
    "恶意或损坏的内容：该项未通过": "Hostile or damaged bytes: the check named was not passed",
    "如何自行验证档案包": "How to verify a package yourself",
    "导出的档案包可以用下面这个程序验证，不需要网络、数据库和本系统。": (
        "An exported package is verified by this one program, without network, database or this system."
    ),
    "下载验证程序": "Download the program",
    "下载日志公钥": "Download the log’s public key",
    "下载根证书": "Download the root certificates",
    "从这里取得的程序、公钥和根证书，请与档案包中附带的核对；不一致时以另行公布的为准。": (
        "Compare program, key and roots from here with those in the package; where they differ trust what "
        "was published elsewhere."
    ),
    "运行": "Run",
    "各行的含义": "What each line says",
    "代码": "Code",
    "比对什么": "What is compared",
    "不符时怎么办": "If it failed",
    "不证明什么": "What it does not prove",
    "自行验证导出的档案包": "Verify an exported package yourself",
}
