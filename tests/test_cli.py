"""The command line: what it prints, what it refuses, and its exit statuses."""

from __future__ import annotations

import gzip
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ladderview import cli, commands
from ladderview.resources import resource_path

HTTP = resource_path("samples", "http.pcapng")
RESET = resource_path("samples", "reset.pcapng")
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = cli.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


BAD_FILES = {
    "empty.pcap": (b"", 3, "is empty"),
    "notes.txt": (b"Dear all,\nhere is the capture.\n", 3, "is a text file"),
    "picture.jpg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40), 3, "is a JPEG picture"),
    "cut in the file header.pcap": (PCAP_HEADER[:12], 3, "is cut inside the pcap file header"),
    "header only.pcap": (PCAP_HEADER, 0, "no packets"),
    "cut in a record header.pcap": (PCAP_HEADER + bytes(6), 1, "packet 1 at byte 24"),
    "cut in a packet.pcap": (PCAP_HEADER + struct.pack("<IIII", 1, 1, 60, 60) + bytes(20), 1, "packet 1: at byte 24"),
    "4 GB.pcap": (PCAP_HEADER + struct.pack("<IIII", 1, 1, 2**32 - 1, 2**32 - 1) + bytes(60), 1, "4294967295 bytes"),
    "unknown link type.pcap": (
        PCAP_HEADER[:20] + struct.pack("<I", 9999) + struct.pack("<IIII", 1, 1, 60, 60) + bytes(60),
        0,
        "of unknown link type 9999",
    ),
    "no TCP.pcap": (
        PCAP_HEADER + struct.pack("<IIII", 1, 1, 42, 42) + bytes(12) + b"\x08\x06" + bytes(28),
        0,
        "no TCP connections (1 ARP)",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_clear_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, status, message = BAD_FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    found, out, err = run(capsys, "flows", path)
    assert (found, out) == (status, "")
    assert err.startswith(f"ladderview: {path}: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_block_of_length_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = HTTP.read_bytes()
    path = tmp_path / "block.pcapng"
    first = int.from_bytes(data[4:8], "little")
    path.write_bytes(data[:first] + struct.pack("<III", 6, 0, 0) + data[first:])
    status, _, err = run(capsys, "flows", path)
    assert status == 1
    assert f"at byte {first}: a block of type 0x6 that claims 0 bytes" in err
    assert err.count("\n") == 1


def test_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "flows", tmp_path / "nothing.pcap")
    assert (status, err) == (3, f"ladderview: {tmp_path / 'nothing.pcap'}: no such file\n")


def test_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "flows", tmp_path)
    assert (status, err) == (3, f"ladderview: {tmp_path}: is a folder, not a file\n")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_no_permission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "secret.pcap"
    path.write_bytes(PCAP_HEADER)
    path.chmod(0)
    status, _, err = run(capsys, "flows", path)
    assert status == 3
    assert "permission" in err.lower()


def test_a_file_that_is_cut_short_while_it_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ladderview.capture import capture as module

    path = tmp_path / "short.pcapng"
    path.write_bytes(HTTP.read_bytes())
    opened = module.open_capture

    def open_and_cut(*arguments: object) -> module.Capture:
        capture = opened(*arguments)
        os.truncate(path, 2000)
        return capture

    monkeypatch.setattr(module, "open_capture", open_and_cut)
    status, _, err = run(capsys, "packets", path)
    assert status == 1
    assert "was cut short" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", HTTP, "--flow", "7"], "has no flow 7: it has flow 0 alone"),
        (["show", HTTP, "--flow", "0", "--packet", "1"], "packet 1 is not in flow 0"),
        (["export", HTTP, "--flow", "0", "--out", "ladder.gif"], "must end in .png, .svg"),
        (["export", HTTP, "--flow", "0", "--out", "/no/such/folder/ladder.svg"], "cannot write"),
        (["packets", HTTP, "--keylog", "/no/such/file.keys"], "cannot read the key log"),
    ],
)
def test_a_request_that_cannot_be_met(
    arguments: list[object], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, *arguments)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--flow", "x", "not the number of a flow, which is 0 or more: 'x'"),
        ("--flow", "-1", "not the number of a flow, which is 0 or more: '-1'"),
        ("--flow", "9" * 5000, "not the number of a flow"),
        ("--packet", "0", "not the number of a packet, which is 1 or more: '0'"),
        ("--scale", "big", "not a scale between 0.1 and 16: 'big'"),
    ],
)
def test_a_wrong_number_is_told_in_words(
    option: str, value: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = {"--flow": ["show", HTTP], "--packet": ["show", HTTP, "--flow", "0"], "--scale": ["export", HTTP]}
    with pytest.raises(SystemExit) as exit_:
        run(capsys, *arguments[option], option, value)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["flows"],
        ["show", HTTP],
        ["show", HTTP, "--flow", "x"],
        ["show", HTTP, "--flow", "-1"],
        ["export", HTTP, "--flow", "0"],
        ["export", HTTP, "--flow", "0", "--out", "x.png", "--packets", "9-3"],
        ["export", HTTP, "--flow", "0", "--out", "x.png", "--scale", "0"],
        ["--nonsense"],
    ],
)
def test_usage(arguments: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(capsys, *arguments)
    assert exit_.value.code == 2


def test_flows_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "flows", RESET)
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["No.", "0", "1", "2"]
    assert "refused" in out


def test_flows_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "flows", "--json", RESET)
    rows = json.loads(out)
    assert status == 0
    assert [row["flow"] for row in rows] == [0, 1, 2]
    assert rows[0]["problems"] == {"reset": 1}


def test_flows_from_a_gzip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "http.pcapng.gz"
    path.write_bytes(gzip.compress(HTTP.read_bytes()))
    assert run(capsys, "flows", path)[:2] == run(capsys, "flows", HTTP)[:2]


def test_packets_are_json_lines_in_file_order(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "packets", RESET)
    packets = [json.loads(line) for line in out.splitlines()]
    numbers = [packet["frame.number"] for packet in packets]
    assert status == 0
    assert numbers == sorted(numbers)
    assert {packet["tcp.stream"] for packet in packets} == {0, 1, 2}


def test_packets_of_one_flow(capsys: pytest.CaptureFixture[str]) -> None:
    every = [json.loads(line) for line in run(capsys, "packets", RESET)[1].splitlines()]
    one = [json.loads(line) for line in run(capsys, "packets", RESET, "--flow", 1)[1].splitlines()]
    assert one == [packet for packet in every if packet["tcp.stream"] == 1]


def test_show_draws_both_directions(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "show", HTTP, "--flow", 0)
    assert status == 0
    assert "[SYN]" in out
    assert ">" in out
    assert "<" in out


def test_show_one_packet(capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(run(capsys, "packets", HTTP)[1].splitlines()[0])["frame.number"]
    status, out, _ = run(capsys, "show", HTTP, "--flow", 0, "--packet", first)
    assert status == 0
    assert all(layer in out for layer in ("Ethernet II", "IPv4", "TCP"))


def test_the_same_export_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one.svg", "two.svg"):
        status, out, _ = run(capsys, "export", HTTP, "--flow", 0, "--out", tmp_path / name)
        assert (status, out) == (0, f"{tmp_path / name}\n")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_standard_input_and_a_reader_that_goes_away() -> None:
    command = [sys.executable, "-m", "ladderview.cli", "packets", "-"]
    with HTTP.open("rb") as capture:
        process = subprocess.Popen(command, stdin=capture, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"frame.number": ')
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_a_process_writes_all_and_ends_with_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(HTTP.read_bytes()[:-10])
    command = [sys.executable, "-m", "ladderview.cli", "packets", str(cut)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == run(capsys, "packets", cut)
    assert ended.returncode == commands.DAMAGED


def test_windows_need_a_display(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    status, _, err = run(capsys, HTTP)
    assert status == 2
    assert "no display" in err


def test_annotations_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "a.ladder"
    wrong.write_text("no JSON")
    for path, message in ((wrong, "a.ladder: "), (tmp_path / "none.ladder", "cannot read the annotations")):
        status, _, err = run(capsys, "export", HTTP, "--flow", "0", "--out", tmp_path / "a.svg", "--annotations", path)
        assert status == 2
        assert message in err
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize("command", [("flows",), ("packets",), ("show", "--flow", "0")])
def test_a_locked_key_is_refused_by_every_command(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    (tmp_path / "locked.pem").write_bytes(pem)
    status, out, error = run(
        capsys, *command, "--rsa-key", tmp_path / "locked.pem", resource_path("samples", "http.pcapng")
    )
    assert (status, out) == (2, "")
    assert "the key is encrypted" in error


def test_the_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    from ladderview.render.formats import SUFFIXES

    with pytest.raises(SystemExit):
        cli.main(["export", "--help"])
    shown = capsys.readouterr().out
    assert all(suffix in shown for suffix in SUFFIXES)
