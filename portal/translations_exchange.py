"""English for the words about the exchange with the province."""

EXCHANGE = {
    "数据共享交换": "Exchange",
    "按国家共享交换标准上报的数据；上级数据接收后才上报下级数据。": (
        "Rows of the national exchange standard; a row goes when those it hangs on are accepted."
    ),
    "未通过校验": "Not passed",
    "数据表": "Table",
    "失败原因": "Reason",
    "最近的数据": "Newest",
    "记录时间": "Recorded",
    "待上传": "Waiting",
    "已上报，待回执": "Sent, not answered yet",
    "省级校验失败": "Refused by the province",
    "已接收": "Accepted",
    "本地校验失败": "Failed the local check",
}
