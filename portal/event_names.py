"""What the events of a case are called on the screen."""

EVENT_NAMES = {
    "case-opened": "收件登记",
    "situation-answered": "登记情形",
    "upload-received": "接收文件",
    "upload-withdrawn": "撤回文件",
    "upload-restored": "恢复文件",
    "upload-refused": "退回文件",
    "upload-quarantined": "隔离文件",
    "documents-filed": "材料归类",
    "material-refiled": "人工改归类",
    "material-reused": "复用档案材料",
    "promise-given": "登记承诺",
    "one-time-notice": "出具一次性告知",
    "notice-one-time": "一次性告知书生成",
    "notice-acceptance": "受理通知书生成",
    "case-accepted": "受理",
    "case-decided": "作出决定",
    "certificate-approved": "签发证照",
    "seal-applied": "加盖电子印章",
    "certificate-valid": "证照验证有效",
    "certificate-invalid": "证照验证未通过",
    "certificate-unknown": "证照验证未定",
    "package-built": "组成档案",
    "package-stored": "档案入库",
    "package-logged": "存证",
    "case-archived": "归档",
}
"""Kind of event → name; a kind that is not here is shown as it is written in the log."""

JOB_NAMES = {
    "inspect": "检查文件",
    "paginate": "分页",
    "read": "识别",
    "file": "归类",
    "copy": "生成可检索副本",
    "check": "核对清单",
    "notice": "生成通知书",
    "render": "生成证照",
    "seal": "加盖印章",
    "validate": "验证签章",
    "package": "组成档案",
    "store": "入库",
    "log": "存证",
    "publish": "登记复用",
}
"""Kind of job → name."""
