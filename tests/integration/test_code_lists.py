"""`daihoi lists` and `daihoi congress new --template`: the lists of a congress of its own, from the command line."""

import json

import pytest

from tests.integration.test_cli import served
from tests.waiting import wait_until

AS_LEAD, AS_OFFICE = ("--as", "subcommittee.lead"), ("--as", "subcommittee.office")
CONGRESS = {
    "template": "trade-union",
    "title": "Đại hội Công đoàn tỉnh",
    "ordinal": "XI",
    "term": "2023-2028",
    "issuing_body": "Liên đoàn Lao động tỉnh",
    "issuer_code": "LĐLĐ",
    "lists": {"groups": [{"id": 1, "vi": "Văn kiện"}, {"id": 2, "vi": "Nhân sự", "en": "Personnel"}]},
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory, endpoints):
    with served(tmp_path_factory.mktemp("lists"), endpoints, "lists-congress") as shell:
        (shell.folder / "congress.json").write_text(json.dumps(CONGRESS), "utf-8")
        yield shell


def done(shell, *arguments, code=0, **environment):
    ended = shell.run(*arguments, **environment)
    assert ended.returncode == code, (arguments, ended.stdout, ended.stderr)
    return ended


def entries(shell, code_list, *options):
    return {entry["id"]: entry["name"]["vi"] for entry in shell.json("lists", "show", code_list, *options)["entries"]}


def propose(shell, channel, code):
    data = {"publication_id": f"p-{channel}", "channel": channel, "title": {"vi": "Chào mừng"}}
    ended = shell.run("send", "propaganda", "propose-publication", json.dumps(data), "--as", "propaganda.lead")
    return ended.returncode == code, ended.stderr


def test_a_congress_begins_with_a_set_of_lists_and_changes_them(shell):
    new = ("congress", "new", "--file", "congress.json")
    assert "can't change a list" in done(shell, *new, *AS_OFFICE, code=2).stderr
    unknown = done(shell, *new, *AS_LEAD, "--template", "farmers", code=2)
    assert "there are party-congress, trade-union" in unknown.stderr
    begun = done(shell, *new, *AS_LEAD)
    assert "The congress is on record now." in begun.stdout
    assert begun.stdout.count("is published, with") == 7
    assert entries(shell, "groups") == {"1": "Văn kiện", "2": "Nhân sự"}
    lines = {line["id"]: line for line in shell.json("lists")}
    assert (lines["channels"]["entries"], lines["channels"]["retired"]) == (7, 1)
    assert {line["template"] for line in lines.values()} == {"trade-union"}

    change = ("--reason", "Theo kế hoạch", *AS_LEAD)
    assert "is changed" in done(shell, "lists", "add", "channels", "tiktok", "--vi", "TikTok", *AS_LEAD).stdout
    assert (
        "was like that already"
        in done(shell, "lists", "add", "channels", "tiktok", "--vi", "TikTok", *AS_LEAD).stdout
    )
    done(shell, "lists", "amend", "channels", "tiktok", "--vi", "Kênh TikTok", *change)
    done(shell, "lists", "retire", "channels", "zalo", *change)
    assert entries(shell, "channels")["tiktok"] == "Kênh TikTok"
    assert "zalo" not in entries(shell, "channels")
    assert entries(shell, "channels", "--all")["zalo"] == "Zalo"
    shown = done(shell, "lists", "show", "channels", "--lang", "vi").stdout
    assert ("Kênh tuyên truyền: 7" in shown, "thêm --all để xem" in shown) == (True, True)
    refused = done(shell, "lists", "retire", "cases", "none", *change, "--lang", "vi", code=1)
    assert "mục này luôn phải có" in refused.stderr

    again = done(shell, *new, *AS_LEAD)
    assert ("just so" in again.stdout, again.stderr.count("stays as it is")) == (True, 7)
    assert "was amended since, stays amended" in again.stdout
    assert "tiktok" in entries(shell, "channels")
    amended = done(shell, "congress", "amend", "--file", "congress.json", *AS_LEAD)
    assert ("Nothing changes" in amended.stdout, "lists in the file are left alone" in amended.stderr) == (True, True)

    wait_until(lambda: propose(shell, "tiktok", 0)[0])
    assert all(said in propose(shell, "zalo", 1)[1] for said in ("entry_retired", "Channels of propaganda"))

    (shell.folder / "kenh.csv").write_text("Mã;Tên\nzalo;Nhóm Zalo\nfanpage;Trang Facebook\n", "utf-8")
    published = done(shell, "lists", "publish", "channels", "kenh.csv", *AS_LEAD)
    assert "is published, with 2 entries" in published.stdout
    gone = next(line for line in published.stdout.splitlines() if line.startswith("Retired: "))
    assert ("Kênh TikTok (tiktok)" in gone, "zalo" in gone, "fanpage" in gone) == (True, False, False)
    assert entries(shell, "channels") == {"zalo": "Nhóm Zalo", "fanpage": "Trang Facebook"}
    assert done(shell, "publications", "--channel", "press", code=0).stdout
    assert "there are: zalo, fanpage" in done(shell, "publications", "--channel", "radio", code=2).stderr
