"""English for what the archivist sees of the store itself, and of retention."""

from portal.translations_inspection import INSPECTION
from portal.translations_retention import RETENTION

ARCHIVE = (
    {
        "固化性核验": "Fixity",
        "个对象": "objects",
        "个尚未核验": "not yet read again",
        "最久的核验于": "longest unchecked since",
        "个损坏或缺失": "damaged or missing",
        "均完好": "all sound",
        "损坏或缺失": "Damaged or missing",
        "请从备份或第二存储恢复下列对象，再运行 yidang archive fixity。": (
            "Restore these objects from a backup or the second site, then run yidang archive fixity."
        ),
        "完好": "Sound",
        "损坏": "Damaged",
        "缺失": "Missing",
    }
    | RETENTION
    | INSPECTION
)
