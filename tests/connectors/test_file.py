"""Exports in a folder: which files are read, how far, in which dialects, and what their rows become."""

import json
from datetime import UTC, datetime

import pytest

from connectors.base import Cursor
from connectors.errors import Refused
from connectors.tables.file import File
from connectors.tables.rows import LONGEST_LINE
from tests.fakes_http import FakeHttp, read

SINCE = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exports").mkdir()
    return tmp_path / "exports"


def write(folder, text, name="export.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))


def append(folder, text, name="export.csv"):
    with (folder / name).open("ab") as file:
        file.write(text.encode())


async def poll(folder, mark="", **options):
    pages, error = await read(
        File(folder=str(folder), **options).fetch(FakeHttp({}), (), Cursor(since=SINCE, mark=mark))
    )
    if error:
        raise error
    return pages


async def posts(folder, mark="", **options):
    return [post for page in await poll(folder, mark, **options) for post in page.posts]


async def texts(folder, mark="", **options):
    return [post.text for post in await posts(folder, mark, **options)]


# Where a file stands


async def test_each_row_is_read_once(folder):
    write(folder, "text\nuno\ndos\n")
    mark = (await poll(folder))[-1].mark
    assert await texts(folder, mark) == []


async def test_a_file_that_grows_goes_on(folder):
    write(folder, "text\nuno\n")
    mark = (await poll(folder))[-1].mark
    append(folder, "dos\n")
    assert await texts(folder, mark) == ["dos"]


async def test_a_row_that_is_still_being_written_is_left_for_the_next_time(folder):
    write(folder, "text,likes\nuno,1\ndos co")
    first = await poll(folder)
    append(folder, "mpleto,2\n")
    assert [post.text for post in first[0].posts] == ["uno"]
    assert await texts(folder, first[-1].mark) == ["dos completo"]


async def test_a_last_row_without_a_line_end_is_read_once_the_file_rests(folder):
    write(folder, "text\nuno\ndos")
    mark = (await poll(folder))[-1].mark
    assert await texts(folder, mark) == ["dos"]


async def test_a_row_whose_quote_is_still_open_is_left_for_the_next_time(folder):
    write(folder, 'text\n"uno\nmás\n')
    mark = (await poll(folder))[-1].mark
    append(folder, 'y más"\n')
    assert await texts(folder, mark) == ["uno\nmás\ny más"]


async def test_another_file_in_its_place_is_read_anew(folder):
    write(folder, "text\nuno\n")
    mark = (await poll(folder))[-1].mark
    write(folder, "text\notro\ntres\n")
    assert await texts(folder, mark) == ["otro", "tres"]


async def test_a_file_that_was_taken_away_is_forgotten(folder):
    write(folder, "text\nuno\n")
    mark = (await poll(folder))[-1].mark
    (folder / "export.csv").unlink()
    assert (await poll(folder, mark))[-1].mark == "{}"


async def test_a_large_file_comes_in_pages_each_with_its_mark(folder):
    write(folder, "text\n" + "".join(f"número {number}\n" for number in range(450)))
    pages = await poll(folder)
    assert [len(page.posts) for page in pages] == [200, 200, 50, 0]
    assert len(await texts(folder, pages[0].mark)) == 250


# Dialects


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("author,text\nana,«ñandú»\n", "utf-8", id="UTF-8"),
        pytest.param("\ufeffauthor;text\r\nana;«ñandú»\r\n", "utf-8", id="Excel in Spain"),
        pytest.param("author;text\r\nana;«ñandú»\r\n", "cp1252", id="Excel, without Unicode"),
        pytest.param("\ufeffauthor\ttext\r\nana\t«ñandú»\r\n", "utf-16-le", id="Excel's Unicode text"),
        pytest.param("\ufeffauthor,text\nana,«ñandú»\n", "utf-16-be", id="UTF-16, the other way round"),
        pytest.param("sep=|\r\nauthor|text\r\nana|«ñandú»\r\n", "utf-8", id="delimiter declared"),
        pytest.param('"author","text"\r\n"ana","«ñandú»"\r\n', "utf-8", id="all in quotes"),
        pytest.param("\r\n".join(["Author ; TEXT", "ana;«ñandú»", ";;", ""]), "utf-8", id="empty row, capitals"),
    ],
)
async def test_a_table_is_understood_as_spreadsheets_write_it(folder, text, encoding):
    write(folder, text, encoding=encoding)
    assert [(post.author.handle, post.text) for post in await posts(folder)] == [("ana", "«ñandú»")]


async def test_in_utf16_a_sign_that_holds_a_line_ends_byte_ends_no_line(folder):
    write(folder, "\ufefftext\nĊ ਁ ਊ\ndos\n", encoding="utf-16-le")
    assert await texts(folder) == ["Ċ ਁ ਊ", "dos"]


async def test_an_encoding_may_be_declared(folder):
    write(folder, "text\nжалоба\n", encoding="cp1251")
    assert await texts(folder, encoding="cp1251") == ["жалоба"]


async def test_a_cell_may_hold_lines_and_delimiters(folder):
    write(folder, 'text;author\n"no abre;\nni cierra";ana\n')
    assert await texts(folder) == ["no abre;\nni cierra"]


async def test_json_lines_are_rows_too(folder):
    write(folder, '{"text": "uno", "user": {"name": "ana"}}\n{"text": "dos"}\n', "export.jsonl")
    found = await posts(folder, columns={"author": "user.name"})
    assert [(post.text, post.author and post.author.handle) for post in found] == [("uno", "ana"), ("dos", None)]


# Broken rows


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        pytest.param("text;likes\nuno;1\nmal;2;3\ndos;2\n", "export.csv", "3", id="more cells than columns"),
        pytest.param(
            'text;likes\nuno;1\n"mal;2\ndos;2\n' + f"{'x' * 1_000};1\n" * 140, "export.csv", "3", id="an open quote"
        ),
        pytest.param('{"text":"uno"}\n{"text":\n{"text":"dos"}\n', "export.jsonl", "2", id="no JSON"),
        pytest.param('{"text":"uno"}\n["mal"]\n{"text":"dos"}\n', "export.jsonl", "2", id="no object"),
        pytest.param(f"text\nuno\n{'a' * LONGEST_LINE}b\ndos\n", "export.csv", "3", id="a line without end"),
    ],
)
async def test_a_broken_row_is_told_with_its_line_and_does_not_hide_the_next(folder, caplog, text, name, line):
    write(folder, text, name)
    assert (await texts(folder))[:2] == ["uno", "dos"]
    [record] = [record for record in caplog.records if record.name.startswith("oido")]
    assert (record.message, record.facts["file"], record.facts["lines"]) == ("rows left out", name, line)


async def test_a_quote_that_is_never_closed_is_broken_once_the_file_rests(folder, caplog):
    write(folder, 'text\nuno\n"mal\ndos\n')
    first = await poll(folder)
    assert await texts(folder, first[-1].mark) == ["dos"]
    assert caplog.messages == ["rows left out"]


async def test_a_file_without_the_column_of_the_text_says_which_there_are(folder):
    write(folder, "Comentario;Autor\nuno;ana\n", "a.csv")
    write(folder, "text\ndos\n", "b.csv")
    pages, error = await read(File(folder=str(folder)).fetch(FakeHttp({}), (), Cursor(since=SINCE)))
    assert isinstance(error, Refused)
    assert str(error) == "a.csv: no column 'text', only autor, comentario; say in columns what yours are called"
    assert [post.text for page in pages for post in page.posts] == ["dos"]
    assert json.loads(pages[-1].mark).keys() == {"b.csv"}


# The folder


async def test_nothing_outside_the_folder_is_read(folder, tmp_path):
    write(tmp_path, "text\nsecreto\n", "outside.csv")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    assert await texts(folder) == []


@pytest.mark.parametrize("name", [".export.csv", "~$export.csv", "export.xlsx", "export.csv.part"])
async def test_files_of_other_kinds_and_those_being_written_are_left_alone(folder, name):
    write(folder, "text\nuno\n", name)
    assert await texts(folder) == []


async def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refused, match="cannot be read as a folder"):
        await poll(tmp_path / "nowhere")


async def test_nothing_is_asked_of_any_network(folder):
    http = FakeHttp({})
    write(folder, "text\nuno\n")
    await read(File(folder=str(folder)).fetch(http, ("acme",), Cursor(since=SINCE)))
    assert http.asked == []


# Rows


async def test_columns_may_be_called_otherwise(folder):
    write(folder, "Usuario;Opinión;Me gusta\nana;No abre;1.204\n")
    columns = {"author": "Usuario", "text": "Opinión", "likes": "Me gusta"}
    [post] = await posts(folder, columns=columns, network="tripadvisor")
    assert (post.network, post.author.handle, post.text, post.engagement.likes) == (
        "tripadvisor",
        "ana",
        "No abre",
        1204,
    )


async def test_a_row_without_an_id_is_known_by_what_it_says(folder):
    write(folder, "text,date,likes\nuno,2026-11-01,1\n", "a.csv")
    write(folder, "text,date,likes\nuno,2026-11-01,7\ndos,2026-11-01,1\n", "b.csv")
    ids = [post.id for post in await posts(folder)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("date", "options", "expected"),
    [
        pytest.param("2026-11-01T12:20:00Z", {}, "2026-11-01T12:20:00+00:00", id="ISO 8601"),
        pytest.param("2026-11-01 13:20", {"timezone": "Europe/Madrid"}, "2026-11-01T12:20:00+00:00", id="no zone"),
        pytest.param(
            "01/07/2026 14:20",
            {"dates": "%d/%m/%Y %H:%M", "timezone": "Europe/Madrid"},
            "2026-07-01T12:20:00+00:00",
            id="as in Spain",
        ),
        pytest.param("1793535600", {}, "2026-11-01T12:20:00+00:00", id="seconds"),
        pytest.param("ayer", {"dates": "%d/%m/%Y"}, None, id="no date"),
    ],
)
async def test_a_date_is_read_in_its_form_and_zone(folder, date, options, expected):
    write(folder, f"text,date\nuno,{date}\n")
    [post] = await posts(folder, **options)
    assert (post.published_at and post.published_at.isoformat()) == expected


@pytest.mark.parametrize("count", ["", "-1", "many", "1.2K", "12.5"])
async def test_what_is_no_count_is_unknown(folder, count):
    write(folder, f"text,likes\nuno,{count}\n")
    assert (await posts(folder))[0].engagement.likes is None


# Options


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        pytest.param({"columns": {"texto": "Opinión"}}, "columns: 'texto'", id="a post has no such thing"),
        pytest.param({"encoding": "ansi-ish"}, "encoding:", id="encoding"),
        pytest.param({"encoding": "utf-32"}, "encoding:", id="lines that cannot be found"),
        pytest.param({"encoding": "base64"}, "encoding:", id="no encoding of text"),
        pytest.param({"timezone": "Madrid"}, "timezone:", id="timezone"),
        pytest.param({"network": ""}, "network:", id="network"),
    ],
)
def test_what_is_wrong_with_the_options_is_said(options, problem):
    assert [found for found in File(folder=".", **options).check() if found.startswith(problem)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp1251", "latin-1"])
def test_encodings_of_all_alphabets_may_be_declared(encoding):
    assert File(folder=".", encoding=encoding).check() == []


def test_good_options_are_fine():
    assert File(folder=".", encoding="cp1252", timezone="Europe/Madrid", columns={"text": "Texto"}).check() == []


@pytest.mark.parametrize("text", ["text,id\runo,1\r", "text," + "x" * 140_000 + "\nuno,1\n"])
async def test_a_table_whose_first_row_is_broken_holds_up_no_other(folder, text):
    write(folder, text, "a.csv")
    write(folder, "text\ndos\n", "b.csv")
    mark, texts = "", []
    for _ in range(2):  # the second time all of it is there
        pages, error = await read(File(folder=str(folder)).fetch(FakeHttp({}), (), Cursor(since=SINCE, mark=mark)))
        mark = pages[-1].mark
        texts += [post.text for page in pages for post in page.posts]
    assert texts == ["dos"]
    assert isinstance(error, Refused)
