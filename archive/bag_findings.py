"""What may be found in a bag of somebody else's: each finding with a stable code, and whether the bag still stands."""

import dataclasses
from typing import Literal

Severity = Literal["error", "warning"]

FINDINGS: dict[str, tuple[Severity, str]] = {
    "bag-no-declaration": ("error", "缺少或不能读懂 bagit.txt：请移交方重新打包"),
    "bag-version-unknown": ("error", "BagIt 版本不能识别：请按 1.0 版重新打包"),
    "bag-encoding-unknown": ("error", "标签文件的字符编码不能识别，或与声明不符：请用 UTF-8 重新打包"),
    "bag-tag-malformed": ("error", "标签文件的一行不能读懂：请移交方核对"),
    "bag-no-manifest": ("error", "没有载荷清单：没有可以核对的摘要"),
    "bag-digest-unknown": ("error", "清单所用的摘要算法不能识别：请改用 SHA-256 或 SM3"),
    "bag-path-outside": ("error", "清单或取件单指向包外：不读取，请移交方重新打包"),
    "bag-listed-twice": ("error", "同一文件在一份清单中列出两次：请移交方核对"),
    "bag-file-missing": ("error", "清单所列文件不在包中：请移交方补齐"),
    "bag-not-fetched": ("error", "文件尚在取件单所列地址，不在包中：系统不自行取件，请移交方补齐"),
    "bag-file-extra": ("error", "包中文件未列入清单：无从核对，请移交方重新打包"),
    "bag-manifest-incomplete": ("error", "各份清单所列文件不一致：1.0 版要求每份清单列全"),
    "bag-digest-differs": ("error", "文件与清单的摘要不符：已被改动或损坏，请重新移交"),
    "bag-oxum-differs": ("error", "文件数或字节数与 Payload-Oxum 不符：移交不完整"),
    "bag-not-plain": ("error", "包中有链接或特殊文件：不读取"),
    "bag-unreadable": ("error", "文件不能读出：请重新复制"),
    "bag-listed-again": ("warning", "同一文件在一份清单中重复列出，摘要相同"),
    "bag-case-differs": ("warning", "清单所列名称仅大小写不同：在某些系统上是同一文件"),
    "bag-normalization-differs": ("warning", "清单所列名称仅 Unicode 规范形式不同：按同一文件核对"),
    "bag-relative-path": ("warning", "清单路径以 ./ 开头：按同一文件核对"),
    "bag-md5sum-mark": ("warning", "清单行带有 * 号（md5sum 工具生成）：按同一文件核对"),
    "bag-system-file": ("warning", "含操作系统自动生成的文件，不属于移交内容"),
}
"""Code → severity and words. The codes are ours; what is an error and what a warning follows RFC 8493 and, for versions
before 1.0, the Library of Congress's conformance suite."""


@dataclasses.dataclass(frozen=True, slots=True)
class BagFinding:
    """One finding: its code, the file or line it is about, and what was seen there."""

    code: str
    where: str
    seen: str = ""

    @property
    def severity(self) -> Severity:
        """Whether the bag still stands with it."""
        return FINDINGS[self.code][0]

    @property
    def words(self) -> str:
        """A sentence for the archivist, with what to do."""
        return FINDINGS[self.code][1]
