"""One test authority, one rendered permit and one sealed permit for all tests of the room."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from signing import LocalTimestampAuthority, SealKey, TestAuthority, draw_seal, render, seal_pdf

NOW = dt.datetime(2026, 11, 22, 2, 30, tzinfo=dt.UTC)
OWNER = "江澜市行政审批局"
PERMIT = {
    "编号": "990101202611220101",
    "证照标识": "1.2.156.3005.2.11100000000013338W011.990101.20261122001.001.X",
    "建设单位": "江澜晨曦智能装备有限公司",
    "工程名称": "晨曦智能装备制造基地项目1号厂房",
    "建设地址": "江澜市高新区晨曦路1号",
    "建设规模": "12345.67平方米",
    "合同价格": "3680.00万元",
    "设计单位": "江澜市建筑设计研究院有限公司",
    "施工单位": "江澜宏远建设集团有限公司",
    "发证机关": OWNER,
    "发证日期": "2026年11月22日",
    "查验地址": "https://yidang.example/v/abcdefghijklmnopqrstuv",
}


def seal(pdf: bytes, key: SealKey, authority: TestAuthority, **changes: Any) -> bytes:
    options: dict[str, Any] = {
        "tsa": LocalTimestampAuthority(authority.timestamp_key, lambda: NOW),
        "image": draw_seal(OWNER, "9901010000018"),
        "approved_sha256": hashlib.sha256(pdf).hexdigest(),
        "reason": "签发建筑工程施工许可证",
        "location": "江澜市",
        "now": NOW,
    }
    return seal_pdf(pdf, key, **(options | changes))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.ensure(tmp_path_factory.mktemp("authority"), NOW)


@pytest.fixture(scope="session")
def key(authority: TestAuthority) -> SealKey:
    return authority.seal_key(OWNER, "行政审批专用章")


@pytest.fixture(scope="session")
def permit() -> bytes:
    return render("construction_permit", PERMIT, created=NOW)


@pytest.fixture(scope="session")
def sealed(permit: bytes, key: SealKey, authority: TestAuthority) -> bytes:
    return seal(permit, key, authority)


@pytest.fixture
def corpus() -> Path:
    path = Path(__file__).resolve().parents[2].parent / "shared" / "corpora" / "signed"
    if not path.is_dir():
        pytest.skip("the corpus of signed files is not on this machine")
    return path
