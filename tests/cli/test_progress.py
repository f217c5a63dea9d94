"""A long start says what it does: bars for a person, plain lines for a file."""

import pytest

from sekretarka.cli import progress


def test_a_file_gets_one_line_for_each_task(capfd: pytest.CaptureFixture[str]) -> None:
    with progress.shown() as begin:
        report = begin("building the pages")
        for hundredth in range(100):
            report(hundredth / 100)
    assert capfd.readouterr() == ("", "building the pages ...\n")


def test_a_terminal_gets_bars(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown() as begin:
        begin("building the pages")(0.5)
        begin("opening Studio Lawenda")(1)
    _, drawn = capfd.readouterr()
    assert "building the pages" in drawn
    assert "opening Studio Lawenda" in drawn
    assert "━" in drawn
    assert "..." not in drawn
