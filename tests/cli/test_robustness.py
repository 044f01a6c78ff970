"""What goes wrong at night: cut files, streams, signals, full disks, escapes. Each by a real process or a real file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmarks.generate import generate

from tests.cli.test_cli import CHARTED, CLEAN, Q3, ROOT
from tests.edits.test_pages import PAGE

TEXT = Path(Q3).read_bytes()


def cleanclaim(
    *arguments: str, cwd: Path = ROOT, stdin: bytes | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    known = {
        "PATH": os.environ["PATH"],
        "CLEANCLAIM_REFERENCE": str(cwd / "no library"),
    }
    return subprocess.run(
        [sys.executable, "-m", "cleanclaim", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**known, **environment},
    )


def cut_after(words: bytes) -> bytes:
    return TEXT[: TEXT.index(words) + len(words)]


CUTS = {
    "inside a segment": cut_after(b"SV1*HC:J1745"),
    "after a whole segment": cut_after(b"HL*2*1*22*0~"),
    "before the transaction's trailer": TEXT[: TEXT.index(b"\nSE*")],
    "before the group's trailer": TEXT[: TEXT.index(b"\nGE*")],
    "before the interchange's trailer": TEXT[: TEXT.index(b"\nIEA*")],
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_file_is_never_a_clean_night(name: str, tmp_path: Path) -> None:
    (tmp_path / "cut.837").write_bytes(CUTS[name])
    done = cleanclaim("check", "cut.837", "--format", "json", cwd=tmp_path)
    assert done.returncode in {1, 2}
    result = json.loads(done.stdout)
    assert result["summary"]["claims_unread"] is True
    assert all(
        fault["source_file"] == "cut.837" and fault["message"] and fault["segment_number"] for fault in result["faults"]
    )
    if done.returncode == 2:
        assert b"no claim could be read" in done.stderr


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("oops\n" + CLEAN, 1),
        ("\n" * 6000 + CLEAN, 0),
        ('{"resourceType": "Claim", "patient": {}}\n', 2),
        ('{"claim_id": "A", "complete": true, "lines": {}}\n', 1),
        ('{"claim_id": "A", "lines": [1, null]}\n', 1),
        ("[" + CLEAN.strip() + "]", 0),
        ("claim_id,code\nA,J1745\n", 2),
    ],
)
def test_json_lines_that_are_not_quite(content: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "claims.jsonl").write_text(content, encoding="utf-8")
    done = cleanclaim("check", "claims.jsonl", cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


def test_standard_input_and_pipes_are_read(tmp_path: Path) -> None:
    whole = cleanclaim("check", Q3, "--format", "jsonl").stdout
    piped = cleanclaim("check", "-", "--format", "jsonl", stdin=TEXT).stdout
    assert json.loads(whole.splitlines()[-1])["findings"] == json.loads(piped.splitlines()[-1])["findings"] > 0
    twice = cleanclaim("check", "-", "-", stdin=TEXT)
    assert twice.returncode == 1
    assert b"Traceback" not in twice.stderr
    shell = f"cat '{Q3}' | {sys.executable} -m cleanclaim check /dev/stdin --format json"
    assert (
        json.loads(subprocess.run(["bash", "-c", shell], capture_output=True, check=False).stdout)["summary"]["claims"]
        == 15
    )


def test_a_device_is_refused_and_the_rest_is_kept() -> None:
    done = cleanclaim("check", "/dev/zero", Q3, "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["summary"]["claims"] == 15
    assert cleanclaim("check", "/dev/zero").returncode == 2


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_read_error_in_one_file_keeps_the_others() -> None:
    done = cleanclaim("check", "/proc/self/mem", Q3, "--format", "json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["summary"]["claims"] == 15
    assert result["faults"][0]["fault"] == "file-unreadable"


@pytest.mark.skipif(os.name != "posix", reason="needs file names of any bytes")
def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfebad.837"
    Path(os.fsdecode(path)).write_bytes(TEXT)
    done = cleanclaim("check", os.fsdecode(path), "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"][0]["file"] == "\\udcff\\udcfebad.837"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_full_disk_under_the_output_is_told(form: str) -> None:
    shell = f"{sys.executable} -m cleanclaim check '{Q3}' --format {form} > /dev/full"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, check=False)
    assert done.returncode == 2
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_an_output_that_is_not_utf8(form: str, tmp_path: Path) -> None:
    claim = {
        "claim_id": "A→1",
        "claim_type": "P",
        "complete": True,
        "place_of_service": "11",
        "lines": [{"hcpcs_code": "J1745", "service_date": "2024-08-01"}],
    }
    (tmp_path / "c.jsonl").write_text(json.dumps(claim, ensure_ascii=False) + "\n", encoding="utf-8")
    done = cleanclaim("check", "c.jsonl", "--format", form, cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert done.returncode == 1, done.stderr
    if form != "table":
        assert "A→1" in done.stdout.decode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_check_that_is_terminated_leaves_nothing_behind(tmp_path: Path) -> None:
    spill, path = tmp_path / "spill", tmp_path / "many.837"
    spill.mkdir()
    generate(path, claims=20_000)  # so many that an engine with a folder of its own is opened
    environment = {**os.environ, "TMPDIR": str(spill)}
    command = [sys.executable, "-m", "cleanclaim", "check", str(path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        for _ in range(600):
            if any(spill.iterdir()):
                break
            time.sleep(0.05)
        assert any(spill.iterdir()), "the check has begun"
        running.send_signal(signal.SIGTERM)
        try:
            _, errors = running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in errors
    assert list(spill.iterdir()) == []


def test_a_piece_of_a_patients_element_is_not_shown(tmp_path: Path) -> None:
    member = next(part.split(b"*")[9] for part in TEXT.split(b"~") if part.strip().startswith(b"NM1*IL")).strip()
    (tmp_path / "split.837").write_bytes(TEXT.replace(b"*MI*" + member, b"*MI~" + member, 1))
    done = cleanclaim("check", "split.837", "--format", "json", cwd=tmp_path)
    assert any(fault["fault"] == "segment-unknown" for fault in json.loads(done.stdout)["faults"])
    assert member not in done.stdout + done.stderr


def test_what_commands_a_terminal_or_a_spreadsheet_is_disarmed(tmp_path: Path) -> None:
    lines = [{"hcpcs_code": "J1745", "service_date": "2024-08-01"}]
    for number, claim_id in enumerate(("\x1b[2J\x1b]0;gone\x07", "=1+1", "-2+3+cmd|A0", "@x")):
        claim = {"claim_id": claim_id, "claim_type": "P", "complete": True, "place_of_service": "11", "lines": lines}
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(claim) + "\n", encoding="utf-8")
    names = [f"{number}.jsonl" for number in range(4)]
    assert b"\x1b" not in cleanclaim("check", *names, cwd=tmp_path).stdout
    rows = cleanclaim("check", *names, "--format", "csv", cwd=tmp_path).stdout.decode().splitlines()[1:]
    assert rows
    assert not [row for row in rows if "\x1b" in row or row.split(",")[1][:1] in {"=", "-", "@"}]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs to read the peak of its own memory")
def test_a_terminator_that_never_comes_costs_no_memory_and_keeps_what_came_before(tmp_path: Path) -> None:
    with (tmp_path / "endless.837").open("wb") as file:
        file.write(TEXT[: TEXT.index(b"\nSE*")])
        for _ in range(100):
            file.write(b"NTE*ADD*" + b"x" * (1 << 20))
    script = (
        "import re, sys, pathlib, cleanclaim.cli as cli\n"
        "sys.argv = ['cleanclaim', 'check', 'endless.837', '--format', 'json']\n"
        "try: cli.main()\n"
        # Not ru_maxrss: on Linux that starts with the memory of the process which started this one.
        "finally: print(re.search(r'VmHWM:\\s+([0-9]+)', pathlib.Path('/proc/self/status').read_text())[1], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=tmp_path)
    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert result["summary"]["claims"] == 15 - 1  # the last one is still open
    assert "no claim ends within 32 MB" in result["faults"][-1]["message"].lower().replace("mb", "MB")
    assert int(done.stderr.split()[-1]) < 900_000  # kilobytes


def test_a_storm_of_faults_is_told_and_counted(tmp_path: Path) -> None:
    (tmp_path / "storm.837").write_bytes(TEXT.replace(b"HL*2*", b"QQQ*1~" * 50_000 + b"HL*2*", 1))
    done = cleanclaim("check", "storm.837", "--format", "json", cwd=tmp_path)
    result = json.loads(done.stdout)
    assert result["summary"]["faults"] >= 50_000
    assert len(result["faults"]) < 1_100
    assert any("49,000 more" in fault["message"] for fault in result["faults"])


@pytest.mark.parametrize("field", ["{hcpcs_code:>400000000}", "{hcpcs_code!r}", "{hcpcs_code.upper}", "{0}", "{}"])
def test_a_message_holds_facts_and_nothing_else(field: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE.replace("{hcpcs_code}", field), encoding="utf-8")
    done = cleanclaim("check", CHARTED, "--edits", str(tmp_path))
    assert done.returncode == 2
    assert b"page.md:1: message: in braces stands the name of a fact" in done.stderr


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("grain: line", "grain: line\naliases: [WASTE-002]"), b"`WASTE-002` is the name of a shipped edit"),
        (("grain: line", "grain: line\nunless_fires: [NOPE-001]"), b"there is no edit `NOPE-001`"),
        (("grain: line", "grain: line\nin_force: {from: 2025-01-01, to: 2024-01-01}"), b"before it begins"),
        (("id: SITE-001", "id: WASTE-001"), b"is the name of a shipped edit"),
    ],
)
def test_a_page_that_contradicts_is_refused_everywhere(change: tuple[str, str], reason: bytes, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE.replace(*change), encoding="utf-8")
    for command in (("check", CHARTED, "--edits", str(tmp_path)), ("edits", "test", str(tmp_path))):
        done = cleanclaim(*command)
        assert done.returncode == 2
        assert reason in done.stderr


def test_a_fault_of_ours_is_told_apart_and_quotes_nothing(tmp_path: Path) -> None:
    script = (
        "import sys, cleanclaim.cli.commands as c, cleanclaim.cli as cli\n"
        "def broken(*a, **k): raise ValueError('MEMBER-ID-1')\n"
        "import cleanclaim.app.checker as k; k.Checker.check_files = broken\n"
        f"sys.argv = ['cleanclaim', 'check', {CHARTED!r}]\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 70
    assert b"ValueError at" in done.stderr
    assert b"MEMBER-ID-1" not in done.stderr
