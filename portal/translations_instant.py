"""English for the words about deciding by rule and checking afterwards."""

INSTANT = {
    "秒批秒办": "Decided by rule",
    "办结": "done in",
    "秒": "s",
    "按规则办理中": "on its way by rule",
    "转一般程序": "goes the ordinary way",
    "证照查验二维码": "QR code to verify the certificate",
    "规则尚未发布，受理后按一般程序办理。": "No rules are released: it goes the ordinary way.",
    "已作出信用承诺。受理后由系统逐条核对规则，全部符合的即时办结。": (
        "Pledged. Once accepted, every rule is checked; when all are met it is decided at once."
    ),
    "申请人作出信用承诺后受理的，由系统逐条核对规则，全部符合的即时办结。": (
        "With the applicant's pledge, every rule is checked on acceptance; when all are met it is decided at once."
    ),
    "登记信用承诺": "Note the pledge",
    "规则与依据": "Rules and evidence",
    "已作出": "given",
    "按规则作出的决定已作废，由经办人办理。": "The decision by rule was voided; an officer handles it.",
    "事后核查": "Checks afterwards",
    "秒批率": "Decided by rule",
    "办结用时中位数": "Median time",
    "最长": "longest",
    "抽中核查": "Drawn",
    "待核查": "to be checked",
    "核查逾期": "Overdue checks",
    "未能秒批的原因": "What stopped the others",
    "属实": "confirmed",
    "已纠正": "corrected",
    "应撤销": "to be revoked",
    "已核查": "Checked",
    "抽签数": "Draw",
    "核查期限": "Due",
    "核查结果": "Finding",
    "核查情况": "What was found",
    "按规则即时办结的办件按比例抽取；抽取由存证检查点决定，任何人不能挑选。": (
        "A share of what was decided by rule is drawn; the signed head of the log decides, and nobody can choose."
    ),
    "规则发布": "Release of rules",
    "待复核": "to be confirmed",
    "复核确认": "Confirm",
    "撤回原因": "Reason",
    "规则尚未发布，没有办件按规则即时办结。": "No rules are released; nothing is decided by rule.",
    "提出规则发布": "Propose a release",
    "发布依据：文件编号或者会议纪要": "Its basis: a document number or minutes",
    "发布依据": "Basis",
    "提出，由另一人复核": "Propose; another confirms",
    "项目": "Project",
}
