"""English for the pages of the inspections (四性检测)."""

INSPECTION = {
    "四性检测报告": "Four-property reports",
    "检测报告": "Reports",
    "检测批号": "Report number",
    "归档": "Filing",
    "阶段": "Phase",
    "下载": "Download",
    "检测中": "Under way",
    "还没有检测报告。": "No report yet.",
    "检测记录与人工检测": "Inspections and findings by persons",
    "立即检测": "Inspect now",
    "须处理": "To be looked at",
    "人工检测": "Findings by persons",
    "载体由人检查；本机没有杀毒软件时，用其他软件检查的结果也在这里录入。录入后写入此后的检测报告。": (
        "Carriers are checked by a person; so are viruses where this machine has no scanner. What is entered here "
        "stands in the reports that follow."
    ),
    "检测项": "Check",
    "对象，如光盘编号": "Object, such as the number of a disc",
    "检测结果": "Result",
    "备注：软件、仪器、数值": "Remark: program, instrument, figures",
    "录入": "Enter",
    "移交与接收": "Transfer and receipt",
    "长期保存": "Long-term keeping",
    "不适用": "Not applicable",
    "录入人工检测结果": "Finding by a person entered",
}
