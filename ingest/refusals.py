"""Why a file is refused: one table of codes, each saying what is wrong and what to do next, in Chinese and English.

The code is stable: it is stored beside the refused file, shown to programs and looked up in this table for people.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, Self

Language = Literal["zh", "en"]


@dataclasses.dataclass(frozen=True, slots=True)
class RefusalText:
    """What a person reads: what is wrong and what to do. Words in braces are filled from the refusal's details."""

    message: str
    remedy: str


_RESCAN = RefusalText("", "请重新扫描这一页，保存为 PDF 或 JPEG 后再上传。")
_RESCAN_EN = RefusalText("", "Scan this page again, save it as PDF or JPEG and upload it again.")

REFUSALS: Mapping[str, Mapping[Language, RefusalText]] = {
    "file-missing": {
        "zh": RefusalText("找不到这个文件，或者它不是普通文件。", "请重新上传；仍然出现时请联系管理员检查存储。"),
        "en": RefusalText(
            "The file is not there or is not a plain file.",
            "Upload it again; if it stays so, have the storage checked.",
        ),
    },
    "file-empty": {
        "zh": RefusalText("文件是空的，没有任何内容。", "请检查扫描仪或来源文件，重新扫描后再上传。"),
        "en": RefusalText("The file is empty.", "Check the scanner or the source, scan again and upload."),
    },
    "file-too-large": {
        "zh": RefusalText(
            "文件有 {megabytes} MB，超过上限 {limit} MB。", "请按材料拆成几个文件，或用 300 dpi 重新扫描。"
        ),
        "en": RefusalText(
            "The file has {megabytes} MB; the limit is {limit} MB.", "Split it by material, or scan again at 300 dpi."
        ),
    },
    "type-not-accepted": {
        "zh": RefusalText(
            "文件内容是{detail}，不是可以接收的类型（与文件名后缀无关）。",
            "请另存为 PDF 或 OFD，或扫描或拍照成 JPEG、PNG、TIFF、WebP、HEIC 后再上传。",
        ),
        "en": RefusalText(
            "By its content the file is: {detail}. It is not an accepted type, whatever its name says.",
            "Save it as PDF or OFD, or scan it to JPEG, PNG, TIFF, WebP or HEIC, and upload again.",
        ),
    },
    "office-not-paged": {
        "zh": RefusalText(
            "文件内容是{detail}：版面随软件和字体而变，不能逐页显示和归档。原文件已按原样保留。",
            "请在原软件中“导出（另存）为 PDF”，核对页数和版面后上传 PDF。",
        ),
        "en": RefusalText(
            "By its content the file is: {detail}. Its pages change with program and fonts, so they cannot be shown "
            "or archived. The file was kept as it is.",
            "Export it to PDF in its program, check pages and layout, and upload the PDF.",
        ),
    },
    "office-encrypted": {
        "zh": RefusalText(
            "Word 或 Excel 文件设了打开密码，无法读取。原文件已按原样保留。",
            "请在原软件中取消密码，另存后再上传，或导出为 PDF 上传。",
        ),
        "en": RefusalText(
            "The Office file needs a password to open. It was kept as it is.",
            "Remove the password in its program and upload again, or export it to PDF.",
        ),
    },
    "office-macros": {
        "zh": RefusalText(
            "Word 或 Excel 文件带有宏，不予打开。原文件已按原样保留。",
            "请在原软件中核对内容，“导出（另存）为 PDF”后上传 PDF。",
        ),
        "en": RefusalText(
            "The Office file carries macros and is not opened. It was kept as it is.",
            "Check its content in its program, export it to PDF and upload the PDF.",
        ),
    },
    "office-links": {
        "zh": RefusalText(
            "Word 或 Excel 文件的内容要从别处取来（外部链接），离开原处就不完整。原文件已按原样保留。",
            "请在原软件中更新并断开链接，或“导出（另存）为 PDF”后上传 PDF。",
        ),
        "en": RefusalText(
            "Parts of the Office file are fetched from elsewhere (external links); it is not whole by itself. It was "
            "kept as it is.",
            "Update and break the links in its program, or export it to PDF and upload the PDF.",
        ),
    },
    "office-not-converted": {
        "zh": RefusalText(
            "Word 或 Excel 文件无法转换成页面，可能已损坏。原文件已按原样保留。",
            "请在原软件中打开核对，“导出（另存）为 PDF”后上传 PDF。",
        ),
        "en": RefusalText(
            "The Office file could not be turned into pages; it may be broken. It was kept as it is.",
            "Open and check it in its program, export it to PDF and upload the PDF.",
        ),
    },
    "drawing-not-viewable": {
        "zh": RefusalText(
            "文件内容是{detail}，窗口不能逐页显示。原文件已按原样保留。",
            "请在制图软件中把每张图打印（导出）为 PDF 或 OFD，用同样的文件名一并上传。",
        ),
        "en": RefusalText(
            "By its content the file is: {detail}. A drawing file cannot be shown page by page. It was kept as it is.",
            "Print the sheets to PDF or OFD in the drawing program and upload that too, under the same name.",
        ),
    },
    "ofd-broken": {
        "zh": RefusalText(
            "OFD 文件已损坏或结构不合规（{detail}），无法逐页显示。原文件已按原样保留。",
            "请从出具单位重新取得 OFD；仍然出现时，请另存（打印）为 PDF 一并上传，有电子签章的保留好 OFD 原件。",
        ),
        "en": RefusalText(
            "The OFD is broken or not built by the rules ({detail}); its pages cannot be shown. It was kept as it is.",
            "Get the OFD again from who issued it; if it stays so, upload a PDF printed from it too, and keep a sealed "
            "OFD for checking.",
        ),
    },
    "ofd-encrypted": {
        "zh": RefusalText(
            "OFD 文件已加密，无法读取。原文件已按原样保留。",
            "请在原软件中取消加密或打开密码，另存后再上传 OFD 或 PDF。",
        ),
        "en": RefusalText(
            "The OFD is encrypted and cannot be read. It was kept as it is.",
            "Remove the encryption in the program that made it, and upload the OFD or a PDF again.",
        ),
    },
    "ofd-no-pages": {
        "zh": RefusalText("OFD 里没有页面。", "请检查来源文件，重新导出 OFD 或 PDF 后再上传。"),
        "en": RefusalText("The OFD has no pages.", "Check the source, export it again as OFD or PDF and upload."),
    },
    "pdf-encrypted": {
        "zh": RefusalText(
            "PDF 设了打开密码，无法读取。", "请在原软件中取消打开密码，另存后再上传；不要把密码写在备注里。"
        ),
        "en": RefusalText(
            "The PDF needs a password to open.", "Remove the password in the program that made it, and upload again."
        ),
    },
    "pdf-broken": {
        "zh": RefusalText("PDF 已损坏，打不开。", "请从原软件重新导出 PDF，或重新扫描纸质材料。"),
        "en": RefusalText("The PDF is broken and cannot be opened.", "Export it again, or scan the paper again."),
    },
    "pdf-truncated": {
        "zh": RefusalText(
            "PDF 不完整，文件结尾缺失，可能没有传完或没有存完。", "请核对来源文件能否完整打开，重新导出或上传。"
        ),
        "en": RefusalText(
            "The PDF ends too early; it may not have been saved or sent whole.",
            "Check that the source opens whole, export it again and upload.",
        ),
    },
    "pdf-no-pages": {
        "zh": RefusalText("PDF 里没有页面。", "请检查来源文件，重新导出后再上传。"),
        "en": RefusalText("The PDF has no pages.", "Check the source, export it again and upload."),
    },
    "page-broken": {
        "zh": RefusalText("这一页已损坏，无法显示。", _RESCAN.remedy),
        "en": RefusalText("This page is broken and cannot be shown.", _RESCAN_EN.remedy),
    },
    "page-missing": {
        "zh": RefusalText("文件里没有这一页。", "请刷新页面后重试；文件可能已被替换。"),
        "en": RefusalText("The file has no such page.", "Reload and try again; the file may have been replaced."),
    },
    "too-many-pages": {
        "zh": RefusalText("文件有 {pages} 页，超过上限 {limit} 页。", "请按材料拆成几个文件后分别上传。"),
        "en": RefusalText(
            "The file has {pages} pages; the limit is {limit}.", "Split it by material and upload the parts."
        ),
    },
    "unpack-failed": {
        "zh": RefusalText("压缩格式的文件不能完整解开，可能已损坏。", "请从来源重新取得这个文件，或从备份恢复。"),
        "en": RefusalText("The package does not unpack whole; it may be broken.", "Get it again, or restore it."),
    },
    "text-broken": {
        "zh": RefusalText("文本不是 UTF-8 编码（{detail}）。", "请另存为 UTF-8 文本，或从备份恢复。"),
        "en": RefusalText("The text is not UTF-8 ({detail}).", "Save it as UTF-8, or restore it."),
    },
    "image-broken": {
        "zh": RefusalText("图像已损坏或不完整，无法解码。", _RESCAN.remedy),
        "en": RefusalText("The image is broken or incomplete and cannot be decoded.", _RESCAN_EN.remedy),
    },
    "image-too-large": {
        "zh": RefusalText(
            "图像为 {width}×{height} 像素，超过上限 {limit} 万像素。",
            "请用 200 至 300 dpi 重新扫描；大幅图纸请导出为 PDF。",
        ),
        "en": RefusalText(
            "The image has {width}×{height} pixels; the limit is {limit}0,000 pixels.",
            "Scan it again at 200 to 300 dpi; export large drawings as PDF.",
        ),
    },
    "decompression-bomb": {
        "zh": RefusalText(
            "文件里有一段数据解压后超过 {limit} MB，属于异常文件，已隔离。",
            "请从原软件重新导出；来源不明的文件不要再次上传。",
        ),
        "en": RefusalText(
            "A stream in the file unpacks to more than {limit} MB; the file is not a normal one and was set aside.",
            "Export it again from its program; do not upload files of unknown origin again.",
        ),
    },
    "too-much-memory": {
        "zh": RefusalText(
            "处理这个文件需要的内存超过上限 {limit} MB，已停止。", "请降低分辨率重新扫描，或拆成几个文件后再上传。"
        ),
        "en": RefusalText(
            "Handling the file needs more than {limit} MB of memory and was stopped.",
            "Scan at a lower resolution, or split the file, and upload again.",
        ),
    },
    "took-too-long": {
        "zh": RefusalText("处理这个文件超过 {limit} 秒，已停止。", "请拆成几个文件，或重新扫描、重新导出后再上传。"),
        "en": RefusalText(
            "Handling the file took more than {limit} seconds and was stopped.",
            "Split the file, or scan or export it again, and upload.",
        ),
    },
    "output-too-large": {
        "zh": RefusalText(
            "处理这个文件产生的数据超过上限 {limit} MB，已停止。", "请拆成几个文件，或重新扫描后再上传。"
        ),
        "en": RefusalText(
            "Handling the file produced more than {limit} MB and was stopped.",
            "Split the file or scan again, and upload.",
        ),
    },
    "parser-crashed": {
        "zh": RefusalText("文件使解析程序异常退出（{signal}），已隔离。", "请从原软件重新导出，或重新扫描纸质材料。"),
        "en": RefusalText(
            "The file made the parser end abnormally ({signal}) and was set aside.",
            "Export it again from its program, or scan the paper again.",
        ),
    },
    "parser-failed": {
        "zh": RefusalText(
            "文件无法解析（{error}），已隔离。", "请重新导出或重新扫描；仍然出现时请把文件编号告诉管理员。"
        ),
        "en": RefusalText(
            "The file could not be parsed ({error}) and was set aside.",
            "Export or scan it again; if it stays so, tell the administrator the file's number.",
        ),
    },
}


class Refusal(Exception):  # noqa: N818 - the word of the trade: a file is refused, nothing of ours failed
    """A file or page is not taken. `code` is a key of `REFUSALS`; `page` counts from 1, None when it is the whole file.

    `details` fill the braces of the texts and are plain numbers and words.
    """

    def __init__(self, code: str, *, page: int | None = None, **details: str | int) -> None:
        """Raise with a code of the table; an unknown code is a programming error (KeyError)."""
        REFUSALS[code]
        super().__init__(code)
        self.code = code
        self.page = page
        self.details = details

    def text(self, language: Language = "zh") -> RefusalText:
        """What is wrong and what to do, in one language, with the page named where it is known."""
        words = REFUSALS[self.code][language]
        message = words.message.format_map(_Details(self.details))
        if self.page is not None:
            message = f"第 {self.page} 页：{message}" if language == "zh" else f"Page {self.page}: {message}"
        return RefusalText(message, words.remedy)

    @property
    def message(self) -> str:
        """What is wrong, in Chinese, for the clerk."""
        return self.text().message

    @property
    def remedy(self) -> str:
        """What to do next, in Chinese."""
        return self.text().remedy

    def __str__(self) -> str:
        return f"{self.code}: {self.message}{self.remedy}"

    def to_json(self) -> dict[str, Any]:
        """The refusal as JSON-ready data, with the Chinese texts as they read on the day."""
        return {
            "code": self.code,
            "page": self.page,
            "details": self.details,
            "message": self.message,
            "remedy": self.remedy,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The refusal that `to_json` wrote."""
        return cls(data["code"], page=data["page"], **data["details"])


class _Details(dict[str, "str | int"]):
    """A detail that is not known reads as a question mark: a message is never lost over a missing figure."""

    def __missing__(self, key: str) -> str:
        return "?"
