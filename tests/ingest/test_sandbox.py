"""The sandbox: every end of a child is typed, nothing is left of it, and its walls hold."""

import sys
import textwrap
import time
from pathlib import Path

import pytest

from ingest import sandbox
from ingest.refusals import REFUSALS, Refusal
from ingest.sandbox import MEBI, Limits, run_sandboxed
from tests.ingest.children import children

_LIMITS = Limits(wall_seconds=20)
ROOT = Path(__file__).resolve().parents[2]

_TASKS = """
import ctypes, os, socket, subprocess, sys, time
from ingest.refusals import Refusal

def answer(word, begin): return {"word": word, "modules": sorted(sys.modules), "environment": dict(os.environ)}
def refuse(begin): begin(3); raise Refusal("page-broken")
def hog(begin): begin(2); return len(bytearray(4 << 30))
def spin(begin):
    begin(5)
    while True: pass
def sleep(begin): time.sleep(60)
def crash(begin): begin(7); ctypes.string_at(0)
def trap(begin): os.kill(os.getpid(), 5)
def leave(begin): os._exit(9)
def talk(begin): print("parser chatter"); return "clean"
def flood(begin): open("flood", "wb").write(bytes(9 << 20))
def fail(begin): raise ZeroDivisionError("inside")
def connect(begin): socket.create_connection(("127.0.0.1", 9), timeout=1)
def start(begin): subprocess.run(["true"])
def files(begin): return len([open("/dev/null") for _ in range(1000)])
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a task of this file in a child that knows these tasks too."""
    (tmp_path / "own_tasks.py").write_text(_TASKS)
    child = f"""
        import sys; sys.path[:0] = [{str(tmp_path)!r}]
        from ingest import sandboxed
        class Own(dict):
            def __missing__(self, name): return "own_tasks:" + name
        sandboxed.TASKS = Own()
        sandboxed.main()
    """
    (tmp_path / "child.py").write_text(textwrap.dedent(child))
    popen = sandbox.subprocess.Popen

    def start(command, **options):
        assert command[1:] == ["-P", "-s", "-m", "ingest.sandboxed"]
        return popen([sys.executable, "-P", "-s", str(tmp_path / "child.py")], **options)

    monkeypatch.setattr(sandbox.subprocess, "Popen", start)
    return lambda task, limits=_LIMITS, **arguments: run_sandboxed(task, arguments, limits=limits)


def _refusal(run, task, **limits) -> Refusal:
    others = children()
    with pytest.raises(Refusal) as caught:
        run(task, Limits(**{"wall_seconds": 20, **limits}))
    assert children() <= others
    return caught.value


def test_a_task_gives_its_result_without_django_and_with_an_empty_environment(run, monkeypatch):
    monkeypatch.setenv("YIDANG_SECRET", "value")
    said = run("answer", word="江澜市")
    assert said["word"] == "江澜市"
    assert not {"django", "numpy", "paddleocr", "cv2", "PIL"} & set(said["modules"])
    assert set(said["environment"]) <= {"PYTHONPATH", "LANG", "TMPDIR", "LC_CTYPE"}


def test_a_refusal_raised_inside_arrives_with_its_page(run):
    refusal = _refusal(run, "refuse")
    assert (refusal.code, refusal.page) == ("page-broken", 3)
    assert refusal.message.startswith("第 3 页：")


def test_too_much_memory_is_refused_with_the_page_that_was_begun(run):
    refusal = _refusal(run, "hog", memory_bytes=512 * MEBI)
    assert (refusal.code, refusal.page) == ("too-much-memory", 2)
    assert "512 MB" in refusal.message


def test_endless_work_ends_by_processor_time(run):
    started = time.monotonic()
    refusal = _refusal(run, "spin", cpu_seconds=1)
    assert (refusal.code, refusal.page) == ("took-too-long", 5)
    assert time.monotonic() - started < 10


def test_endless_waiting_ends_by_the_clock(run):
    assert _refusal(run, "sleep", wall_seconds=1).code == "took-too-long"


def test_a_crash_is_named_by_its_signal(run):
    refusal = _refusal(run, "crash")
    assert (refusal.code, refusal.page) == ("parser-crashed", 7)
    assert "SIGSEGV" in refusal.message


@pytest.mark.parametrize(
    ("task", "code"),
    [("fail", "parser-failed"), ("leave", "parser-failed"), ("files", "parser-failed"), ("start", "parser-failed")],
)
def test_every_other_end_is_typed_too(run, task, code):
    assert _refusal(run, task).code == code


def test_a_child_can_reach_no_network(run):
    refusal = _refusal(run, "connect")
    assert refusal.details["error"] == "PermissionError"


def test_a_child_cannot_fill_the_disk_with_one_file(run):
    assert _refusal(run, "flood", output_bytes=MEBI).code == "output-too-large"


def test_what_a_parser_prints_does_not_disturb_the_answer(run):
    assert run("talk") == "clean"


def test_every_refusal_says_what_is_wrong_and_what_to_do_in_both_languages():
    for code in REFUSALS:
        refusal = Refusal(code, page=2)
        for language in ("zh", "en"):
            text = refusal.text(language)
            assert "2" in text.message
            assert text.message.rstrip().endswith(("。", "."))
            assert text.remedy.endswith(("。", "."))
        assert Refusal.from_json(refusal.to_json()).to_json() == refusal.to_json()


def test_an_unknown_code_is_an_error_of_ours():
    with pytest.raises(KeyError):
        Refusal("no-such-code")


def test_the_sandbox_ships_with_its_tasks():
    from ingest.sandboxed import TASKS, _task

    assert all(callable(_task(name)) for name in TASKS)
    assert (ROOT / "ingest" / "sandboxed.py").is_file()
