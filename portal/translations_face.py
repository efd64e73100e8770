"""English for what stands on a certificate and who puts it right."""

FACE = {
    "照面内容与来源": "What stands on it, and from where",
    "栏待补": "lines open",
    "录入": "Enter",
    "决定有误，不应制发此证的：编号作废，办件退回待决定": (
        "Decided in error: the number is void, and the case waits for a decision again"
    ),
    "作废理由": "Why it is void",
    "作废": "Void",
}
