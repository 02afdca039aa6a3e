"""The real data, through CHAT_CORPUS: nothing of it is written here but numbers."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from db.connection import open_read_only
from db.digest import archive_digest, table_digests
from db.writable import open_writable
from etl.jobs.mentions import EVERYONE
from etl.load import load
from etl.run import LoadOptions
from tests import people_figures
from tests.conftest import Command, assert_sound, query
from tests.test_commands import pages_below
from tests.test_people import all_that_is_derived
from tests.test_revisions import Silent

DAYS, MESSAGES = 264, 61_281


@pytest.fixture(scope="session")
def loaded(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "chats.db"
    with open_writable(path, create=True) as connection:
        report = load(connection, LoadOptions(paths=(corpus / "corpus",)), Silent())
    assert (report.files.new, report.rejects, report.problems) == (DAYS, 0, 0)
    assert report.jobs["messages"].rows == MESSAGES
    assert_sound(path)
    return path


def digest_of(path: Path) -> str:
    with open_writable(path) as connection:
        return archive_digest(table_digests(connection))


def test_it_comes_back_byte_for_byte(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    assert etl("export", "markdown", tmp_path, "--db", loaded).code == 0
    written = pages_below(tmp_path)
    assert len(written) == DAYS
    assert written == pages_below(corpus / "corpus" / "source")


def test_it_is_sound_and_a_wrong_term_among_a_million_is_found(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    told = json.loads(etl("verify", corpus / "corpus", "--db", loaded, "--json").out)
    assert (told["findings"], told["days"], told["files"]) == ([], DAYS, DAYS)
    assert told["messages"] == MESSAGES
    path = tmp_path / "chats.db"
    path.write_bytes(loaded.read_bytes())
    with open_writable(path) as connection:
        wrong = "insert into messages_fts (rowid, terms) values (5, 'zzz')"
        connection.execute(wrong)
    assert json.loads(etl("verify", "--db", path, "--json").out)["total"] == 1
    assert etl("rebuild", "fts", "--db", path).code == 0
    assert etl("verify", "--db", path).code == 0


def test_loading_again_changes_nothing(etl: Command, corpus: Path, loaded: Path) -> None:
    digest = digest_of(loaded)
    result = etl("load", corpus / "corpus", "--db", loaded, "--json")
    assert json.loads(result.out)["files"]["unchanged"] == DAYS
    assert digest_of(loaded) == digest


def test_order_of_loading_does_not_matter(corpus: Path, loaded: Path, tmp_path: Path) -> None:
    files = sorted((corpus / "corpus").rglob("*.markdown"))
    random.Random(3).shuffle(files)
    other = tmp_path / "other.db"
    with open_writable(other, create=True) as connection:
        for start in range(0, len(files), 24):
            batch = tuple(files[start : start + 24])
            load(connection, LoadOptions(paths=batch), Silent())
    assert digest_of(other) == digest_of(loaded)
    assert_sound(other)


def test_every_typed_url_is_a_link(loaded: Path) -> None:
    assert query(loaded, "select count(*) from message_links") == [(192,)]
    assert query(loaded, "select count(*) from links where host = ''") == [(0,)]


def test_a_day_exported_again_keeps_its_messages(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(loaded.read_bytes())
    ids = query(path, "select id, key from messages order by id")
    result = etl("load", corpus / "reexport", "--db", path, "--json")
    report = json.loads(result.out)
    assert result.code == 0
    assert report["files"]["changed"] == 1
    assert report["messages"] == 198
    assert report["jobs"]["images"] == {"rows": 5, "new": 0}
    assert query(path, "select id, key from messages order by id") == ids
    two = "select count(*) from (select 1 from image_urls group by image_id having count(*) = 2)"
    assert query(path, two) == [(5,)]
    assert query(path, "select kind, count(*) from revisions group by 1") == [("changed", 5)]
    etl("export", "markdown", tmp_path / "out", "--db", path)
    written = pages_below(tmp_path / "out")
    again = pages_below(corpus / "reexport" / "source")
    assert {name: written[name] for name in again} == again
    assert_sound(path)


def test_an_export_again_is_shown_before_it_is_loaded_and_undone_after(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(loaded.read_bytes())
    stat = etl("diff", corpus / "reexport", "--stat", "--db", path)
    assert stat.code == 1
    totals = " 0 new, 1 changed, 0 gone, 5 insertions(+), 5 deletions(-)"
    assert stat.out.splitlines()[-1] == totals
    digest = digest_of(path)
    assert etl("load", corpus / "reexport", "--quiet", "--db", path).code == 0
    assert etl("diff", corpus / "reexport", "--db", path).code == 0
    # tests that share the archive may have loaded it again between the two
    newest, *_, first = json.loads(etl("log", "--json", "--db", path).out)
    assert (newest["changed_days"], newest["changed_messages"]) == (1, 5)
    assert (first["new_days"], first["added_messages"]) == (DAYS, MESSAGES)
    etl("export", "markdown", tmp_path / "before", "--as-of", 1, "--db", path)
    assert pages_below(tmp_path / "before") == pages_below(corpus / "corpus" / "source")
    etl("export", "markdown", tmp_path / "after", "--as-of", newest["load"], "--db", path)
    etl("export", "markdown", tmp_path / "now", "--db", path)
    assert pages_below(tmp_path / "after") == pages_below(tmp_path / "now")
    assert etl("load", corpus / "corpus", "--quiet", "--db", path).code == 0
    assert digest_of(path) == digest


def test_pruned_days_leave_an_archive_that_never_had_them(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    shutil.copytree(corpus / "corpus" / "source", pages)
    path, fresh = tmp_path / "chats.db", tmp_path / "fresh.db"
    path.write_bytes(loaded.read_bytes())
    assert etl("load", pages, "--quiet", "--db", path).code == 0
    gone = random.Random(5).sample(sorted(pages.rglob("*.markdown")), 20)
    for file in gone:
        file.unlink()
    assert etl("load", pages, "--prune", "--yes", "--quiet", "--db", path).code == 0
    assert etl("load", pages, "--quiet", "--db", fresh).code == 0
    assert digest_of(path) == digest_of(fresh)
    assert all_that_is_derived(path) == all_that_is_derived(fresh)
    assert_sound(path)
    etl("export", "markdown", tmp_path / "before", "--as-of", 1, "--db", path)
    assert pages_below(tmp_path / "before") == pages_below(corpus / "corpus" / "source")


def test_rebuild_gives_what_the_load_gave(etl: Command, loaded: Path, tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    path.write_bytes(loaded.read_bytes())
    assert etl("rebuild", "messages", "--db", path).code == 0
    assert digest_of(path) == digest_of(loaded)
    assert_sound(path)


@pytest.fixture(scope="session")
def truth(corpus: Path) -> list[dict[str, Any]]:
    lines = (corpus / "exporter" / "truth.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@contextmanager
def exported(corpus: Path, folder: Path) -> Iterator[Path]:
    path = folder / "exporter.db"
    with open_writable(path, create=True) as connection:
        report = load(connection, LoadOptions(paths=(corpus / "exporter",)), Silent())
    assert report.problems == 0
    yield path
    assert_sound(path)


def as_gbk_left_it(text: str) -> str:
    return text.encode("gbk", "replace").decode("gbk")


def test_the_exporters_truth_is_found(
    corpus: Path, truth: list[dict[str, Any]], tmp_path: Path
) -> None:
    with exported(corpus, tmp_path) as path:
        rows = query(
            path,
            "select d.date, substr(m.sent_at, 12), coalesce(s.name, ''), m.kind, m.text, t.url,"
            " q.name, q.text, q.reply, (select json_group_array(name) from (select name from"
            " mentions n where n.message_id = m.id order by position)) from messages m"
            " join days d on d.id = m.day_id left join speakers s on s.id = m.speaker_id"
            " left join message_links t on t.message_id = m.id and m.kind = 'link'"
            " left join quotes q on q.message_id = m.id order by d.date, m.position",
        )
    assert len(rows) == len(truth)
    for row, line in zip(rows, truth, strict=True):
        assert row == expected(line, row), line


def expected(line: dict[str, Any], row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row that a line of truth.jsonl asks for."""
    date, time, speaker, kind = (line[name] for name in ("date", "time", "speaker", "kind"))
    if kind == "other":
        kind = "missing" if speaker else "notice"
    text = line.get("exported_text") or as_gbk_left_it(line.get("title", ""))
    quoted = [line.get(name) for name in ("quoted_speaker", "quoted_text", "reply")]
    quote = [None if part is None else as_gbk_left_it(part) for part in quoted]
    mentions = [as_gbk_left_it(name) for name in line.get("mentions", [])]
    # truth says of a mention only where it was the point of the message
    found = row[9] if "mentions" not in line else json.dumps(mentions, ensure_ascii=False)
    return (date, time, speaker, kind, text, line.get("url"), *quote, found.replace(", ", ","))


def test_who_is_who_is_found_out_as_well_as_promised(loaded: Path) -> None:
    """The goals; `make people-report` has the figures."""
    with open_read_only(loaded) as connection:
        found = people_figures.observed(connection)
    mentions = "select count(speaker_id), count(*) from mentions where name is not ?"
    [(resolved, everything)] = query(loaded, mentions, EVERYONE)
    assert resolved / everything >= 0.82
    quotes = "select count(m.reply_to), count(*) from quotes q join messages m on m.id = message_id"
    [(resolved, everything)] = query(loaded, quotes)
    assert resolved / everything >= 0.98
    assert people_figures.hidden_names(found)["all"].precision >= 0.95
    assert people_figures.held_out_quotes(found).precision >= 0.97


def test_mentions_and_quotes_lead_to_whom_the_exporter_was_told(
    corpus: Path, truth: list[dict[str, Any]], tmp_path: Path
) -> None:
    with exported(corpus, tmp_path) as path:
        rows = query(
            path,
            "select (select json_group_array(name) from (select s.name from mentions n"
            " join speakers s on s.id = n.speaker_id where n.message_id = m.id order by position)),"
            " w.name from messages m join days d on d.id = m.day_id"
            " left join messages o on o.id = m.reply_to left join speakers w on w.id = o.speaker_id"
            " order by d.date, m.position",
        )
    for (mentioned, quoted), line in zip(rows, truth, strict=True):
        assert quoted == (
            as_gbk_left_it(line["quoted_speaker"]) if "quoted_speaker" in line else None
        )
        if "mentions" in line:
            assert json.loads(mentioned) == [as_gbk_left_it(name) for name in line["mentions"]]


def test_who_is_who_is_the_same_in_any_order_of_loading(
    etl: Command, corpus: Path, loaded: Path, tmp_path: Path
) -> None:
    files = sorted((corpus / "corpus").rglob("*.markdown"))
    random.Random(7).shuffle(files)
    other = tmp_path / "other.db"
    for part in range(6):
        assert etl("load", "--quiet", *files[part::6], "--db", other).code == 0
    assert all_that_is_derived(other) == all_that_is_derived(loaded)
