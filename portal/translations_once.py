"""English for what is submitted once: the ledger of a project and the figures."""

ONCE = {
    "档案材料": "from the archive",
    "本单位其他项目": "another project of the company",
    "来源已失效": "source has lapsed",
    "提交账": "Submission ledger",
    "申请人提交（份）": "handed in (sheets)",
    "少交（份）": "spared (sheets)",
    "少交（页）": "spared (pages)",
    "重复提交": "handed in twice",
    "只提交一次的阶段": "stages submitted once",
    "四个阶段一览": "The four stages at a glance",
    "重复提交的材料": "Materials handed in twice",
    "此前已在": "There before",
    "文件完全相同": "the same bytes",
    "重复要求": "asked for twice",
    "系统已有、仍然提交": "held, and handed in all the same",
    "本阶段还没有办件": "No case in this stage yet",
    "申请人提交": "handed in",
    "重复提交，引用原件": "came again, filed by reference",
    "并联共用": "shared in the parallel case",
    "复用档案": "reused from the archive",
    "本市核发": "issued here",
    "区域评估": "of the area",
    "联合成果": "joint result",
    "部门共享": "shared by a department",
    "系统核验，不收取": "looked up, not asked for",
    "承诺或容缺": "promised",
    "待并联事项出具": "awaited from beside",
    "无需提交": "not needed",
    "待提交": "still to come",
    "同一类型、同一主体、有效期重叠的材料在两次申报中各提交一次，即为重复。": (
        "Twice means: one type, one subject, overlapping validity, handed in with two submissions. "
    ),
    "已到期、被撤销、编号不同或内容已变更的不算。": (
        "What had lapsed, was revoked, has another number or says something else does not count. "
    ),
    "申请表每次申请各有一份，其内容由一次填报带出。": (
        "Each application has a form of its own; what stands on it is filled in once."
    ),
}
