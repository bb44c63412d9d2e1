"""Secrets come from the environment and from files, and go nowhere."""

from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.base import Connector
from monitor.config.secrets import HIDDEN, redact
from monitor.config.write import keep

from .conftest import BRAND, Folder

NOTIFIER = f'{BRAND}[[notifier]]\nkind = "apprise"\nurl = '


def test_a_secret_comes_from_the_environment(source: Callable[..., Connector]) -> None:
    assert source('token = "env:TOKEN"', TOKEN="s3cret").token == "s3cret"


def test_a_secret_comes_from_a_file_beside_the_configuration(folder: Folder) -> None:
    keep("tgram://1:a/2", folder.path / "secrets" / "phone")
    assert folder.load(f'{NOTIFIER}"file:secrets/phone"').notifiers[0].url == "tgram://1:a/2"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("env:PHONE", "the environment variable PHONE is not set; it is named by 'env:PHONE'"),
        ("env:EMPTY", "EMPTY is empty"),
        ("file:nowhere", "nowhere is not there"),
        ("file:.", "cannot be read"),
    ],
)
def test_a_secret_that_is_not_there_is_named(folder: Folder, said: str, problem: str) -> None:
    (told,) = folder.problems(f'{NOTIFIER}"{said}"', {"EMPTY": " "})
    assert problem in told


def test_secrets_stay_references_when_only_checking(folder: Folder) -> None:
    assert folder.load(f'{NOTIFIER}"env:PHONE"', resolve=False).notifiers[0].url == "env:PHONE"


def test_a_secret_in_the_file_itself_is_a_warning(folder: Folder) -> None:
    config = folder.load(f'{NOTIFIER}"tgram://1:a/2"')
    assert "notifier[1].url: the secret itself stands in this file" in "\n".join(map(str, config.warnings))


def test_a_secret_file_that_others_can_read_is_a_warning(folder: Folder) -> None:
    (folder.path / "phone").write_text("tgram://1:a/2")
    (folder.path / "phone").chmod(0o644)
    config = folder.load(f'{NOTIFIER}"file:phone"')
    assert "notifier[1].url: others can read the secret's file; chmod 600 phone" in "\n".join(map(str, config.warnings))


def test_a_secret_stands_in_no_repr_of_the_configuration(folder: Folder) -> None:
    text = f'{NOTIFIER}"json://s3cret/1"\n[[source]]\nconnector = "gazette"\nurl = "x"\ntoken = "s3cret"'
    assert "s3cret" not in repr(folder.load(text))


def test_a_secret_of_the_wrong_type_is_not_shown(folder: Folder) -> None:
    assert "778899" not in "".join(folder.problems(f"{NOTIFIER}778899"))


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("s3cret-token", "401 for s3cret-token"),
        ("slack://TA1B2C3D4/B5F6G7/xyz9876/#shop", "no answer for TA1B2C3D4"),
        ("mailtos://ana:hunter2x@example.org", "login as ana with hunter2x failed"),
        ("json://h.example/?key=abc1234", "GET /?key=abc1234"),
        ("mailtos://ana:p%40ssw0rd@example.org", "wrong password p@ssw0rd"),
    ],
)
def test_a_secret_and_the_keys_within_an_address_are_hidden(secret: str, text: str) -> None:
    assert HIDDEN in redact(text, [secret])


@pytest.mark.parametrize("text", ["example.org answered", "posted to hooks", "an empty secret hides nothing"])
def test_words_that_are_no_keys_stay(text: str) -> None:
    assert redact(text, ["https://example.org/hooks/ab12", ""]) == text


def test_a_kept_secret_is_for_its_owner_only_and_not_for_git(tmp_path: Path) -> None:
    keep("x", tmp_path / "secrets" / "phone")
    assert (tmp_path / "secrets" / "phone").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets" / ".gitignore").read_text() == "*\n"
