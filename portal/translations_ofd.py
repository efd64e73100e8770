"""English for the words about the OFD edition."""

OFD = {
    "下载 OFD 版（试验性导出，以 PDF 版为准）": "Download the OFD edition (experimental; the PDF counts)",
    "生成 OFD 版（试验性导出）": "Make an OFD edition (experimental)",
    "正在生成 OFD 版": "The OFD edition is being made",
    "申请导出 OFD 版（试验）": "OFD edition asked for (experimental)",
    "生成 OFD 版（试验）": "making the OFD edition (experimental)",
    "导出 OFD 版（试验）": "OFD edition exported (experimental)",
}
