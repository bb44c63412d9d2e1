"""Text from strangers, made fit for a terminal."""

import json

import pytest

from monitor.cli import safe


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        pytest.param("\x1b[2J\x1b[31mred\x1b[0m", "red", id="colours and erasing"),
        pytest.param("\x1b]0;owned\x07title", "title", id="window title"),
        pytest.param("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click", id="hyperlink"),
        pytest.param("\x1b]52;c;ZWNobyBoaQ==\x07paste", "paste", id="clipboard"),
        pytest.param("\x9b31mred", "red", id="eight-bit control sequence"),
        pytest.param("\x90q#1\x9cimage", "image", id="device control string"),
        pytest.param("a\x08\x08b\x00c\x7f", "abc", id="control characters"),
        pytest.param("\u202egnp.exe\u202c", "gnp.exe", id="bidirectional override"),
        pytest.param("\u2066in\u2069", "in", id="bidirectional isolate"),
        pytest.param("Ac\u200bme\ufeff\u00ad", "Acme", id="invisible"),
        pytest.param("a\r\nb\tc\u2028d", "a b c d", id="line ends"),
        pytest.param("half \ud83d pair", "half \ufffd pair", id="half a surrogate pair"),
        pytest.param("z" + "\u0301" * 40, "z" + "\u0301" * 4, id="marks piled up"),
        pytest.param("👨‍👩‍👧 ❤️ 日本語 ñ", "👨‍👩‍👧 ❤️ 日本語 ñ", id="emoji and scripts stay"),
        pytest.param("\x1b", "", id="a lone escape"),
        pytest.param("\x1b[", "", id="an unfinished sequence"),
    ],
)
def test_a_line_can_neither_drive_a_terminal_nor_hide(hostile: str, harmless: str) -> None:
    assert safe.line(hostile) == harmless


def test_a_block_keeps_its_lines() -> None:
    assert safe.block("one\r\ntwo\rthree\n\tfour") == "one\ntwo\nthree\n    four"


def test_json_is_the_same_document_with_nothing_unseen_in_it() -> None:
    text = "\x1b[31m \x9b \u202e \ufeff \ud83d ñ 👩 \U000e0041 \u2028"
    written = safe.escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert not set(written) & set("\x1b\x9b\u202e\ufeff\ud83d\U000e0041\u2028")
    assert "ñ 👩" in written
