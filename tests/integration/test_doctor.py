"""`daihoi doctor`: each thing that can be wrong is found by its code, with words and advice in both languages."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from daihoi.cli.main import app
from daihoi.ops.charters import service_named
from daihoi.ops.doctor import examine
from daihoi.ops.supervisor import Supervisor, all_services
from daihoi.terminal.operation import findings_table
from services.tracker.projection.committing import Projection
from shared.eventstore.jetstream_api import js_api, stream_info
from shared.eventstore.names import ledger_stream, service_stream
from shared.eventstore.store import EventStore
from shared.eventstore.streams import stream_configs
from shared.unit.client import CommandClient
from shared.unit.consumer import consumer_config, consumer_name, make_consumer
from shared.unit.findings import Severity
from shared.values.units import services
from tests.congress import Writer, life_of_a_task, settled
from tests.ports import own_port
from tests.waiting import TIMEOUT_S, until

PROJECT = Path(__file__).parents[2]
SILENT = {f"{name}: service_silent" for name in all_services()}


def told(findings) -> set[str]:
    """What is wrong: about whom, and the code."""
    return {f"{each.about}: {each.code}" for each in findings if not each.is_healthy}


async def project_all(ledger, views):
    projection = Projection(views, await views.checkpoint())
    async for page in ledger.read(projection.checkpoint.sequence):
        await projection.add(page)
    await projection.settle()


@pytest.fixture
async def written(connection, congress, ledger):
    events = await Writer(EventStore(connection, congress, "logistics")).write([1])
    await settled(ledger, events)
    return events


def doctor(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own, with these settings and no others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAIHOI_")}
    return subprocess.run(
        [sys.executable, "-m", "daihoi", "doctor", *arguments],
        env=environment | settings | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_nothing_runs_it_says_what_to_start_and_starts_nothing(tmp_path):
    folder = tmp_path / "nothing-here"
    ran = doctor("--format", "json", DAIHOI_DATA_DIR=str(folder))
    assert ran.returncode == 1, ran.stderr
    answer = json.loads(ran.stdout)
    assert not answer["healthy"]
    assert [(each["code"], each["severity"]) for each in answer["findings"]] == [("servers_not_started", "error")]
    assert "daihoi up" in answer["findings"][0]["advice"]
    assert not folder.exists()


async def test_with_all_services_it_is_content_and_without_one_it_is_not(settings, endpoints, connection, congress):
    supervisor = Supervisor(settings, endpoints)
    try:
        for name in all_services():
            supervisor.start(name)
        await supervisor.wait_until_ready(CommandClient(connection, congress))

        looks = []

        async def content() -> bool:
            looks.append(await examine(settings))
            return not told(looks[-1])

        await until(content)
        codes = [each.code for each in looks[-1]]
        assert codes.count("service_ready") == len(all_services())
        assert {"jetstream_answers", "streams_there", "ledger_complete", "mongo_answers"} <= set(codes)
        assert {"projected_by", "views_level", "policies_follow"} <= set(codes)
        assert "policy_missing" not in codes
        named = {
            "DAIHOI_CONGRESS": congress,
            "DAIHOI_NATS_URL": endpoints.nats_url,
            "DAIHOI_MONGO_URL": endpoints.mongo_url,
            "DAIHOI_DATA_DIR": str(settings.data_dir),
        }
        if endpoints.nats_credentials:
            named["DAIHOI_NATS_CREDENTIALS"] = endpoints.nats_credentials
        ran = await asyncio.to_thread(lambda: doctor("--lang", "en", COLUMNS="160", **named))
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "✓" in ran.stdout
        assert "4 services verify with its key" in ran.stdout
        assert "The views hold every event" in ran.stdout
        for name in ("tracker", "security"):
            supervisor.children[name].kill()
            supervisor.children[name].wait()
        wrong = {"tracker: service_silent", "tracker: nobody_projects", "security: service_silent"}
        assert told(await examine(settings)) == wrong
    finally:
        supervisor.stop()


async def test_a_nats_that_does_not_answer_is_told_and_mongodb_is_looked_at_all_the_same(settings, monkeypatch):
    monkeypatch.setattr("shared.platform.nats.FIRST_CONNECTION_TIMEOUT_S", 0.5)
    away = settings.model_copy(update={"nats_url": f"nats://127.0.0.1:{own_port()}"})
    findings = await examine(away)
    assert [each.code for each in findings] == ["nats_unreachable", "mongo_answers"]


async def test_a_mongodb_that_does_not_answer_is_told_and_nats_is_looked_at_all_the_same(
    settings, connection, monkeypatch
):
    monkeypatch.setattr("daihoi.ops.doctor.MONGO_PATIENCE_MS", 500)
    away = settings.model_copy(update={"mongo_url": f"mongodb://127.0.0.1:{own_port()}/?directConnection=true"})
    findings = await examine(away)
    assert "MongoDB: mongo_unreachable" in told(findings)
    assert "streams_there" in {each.code for each in findings}


async def test_that_no_process_of_a_service_runs_is_known_without_waiting_for_answers(
    connection, congress, monkeypatch
):
    monkeypatch.setattr("shared.unit.client.HEALTH_TIMEOUT_S", 600)
    async with asyncio.timeout(TIMEOUT_S):
        assert await CommandClient(connection, congress).healths("logistics") == []


async def test_a_stream_that_is_missing_or_differs_is_named(settings, connection, congress):
    js = connection.jetstream()
    await js.delete_stream(service_stream(congress, "security"))
    await js.delete_stream(service_stream(congress, "logistics"))
    await js.add_stream(name=service_stream(congress, "logistics"), subjects=[f"evt.{congress}.logistics.>"])
    findings = {each.code: each for each in await examine(settings)}
    assert service_stream(congress, "security") in findings["stream_missing"].detail
    assert service_stream(congress, "logistics") in findings["stream_differs"].detail


async def test_a_stream_that_is_gone_is_to_come_from_the_ledger_wherever_it_is_told(
    settings, connection, congress, written
):
    await connection.jetstream().delete_stream(service_stream(congress, "logistics"))
    await connection.jetstream().delete_stream(service_stream(congress, "security"))
    gone, never_used = [each for each in await examine(settings) if each.code == "stream_missing"]
    assert ("daihoi streams restore logistics" in gone.advice, "provision" in gone.advice) == (True, False)
    assert ("restore security" in never_used.advice, "provision" in never_used.advice) == (False, True)
    await connection.jetstream().delete_stream(ledger_stream(congress))
    ledger_too = [each for each in await examine(settings) if each.code == "stream_missing"]
    assert [each for each in ledger_too if "streams restore" in each.advice] == []


async def test_a_ledger_that_does_not_take_in_a_services_events_is_told(settings, connection, congress, written):
    config = stream_configs(congress)[-1]
    config["sources"] = [source for source in config["sources"] if "LOGISTICS" not in source["name"]]
    await connection.jetstream().delete_stream(ledger_stream(congress))
    await connection.request(f"$JS.API.STREAM.CREATE.{config['name']}", json.dumps(config).encode())
    [lag] = [each for each in await examine(settings) if each.code == "ledger_lags"]
    assert f"last {written} events of {service_stream(congress, 'logistics')}" in lag.detail


async def test_a_policy_without_consumer_and_one_that_gets_stuck_are_told(settings, connection, congress):
    js = connection.jetstream()
    await make_consumer(connection, congress, "logistics", service_named("logistics").policies)
    consumer = await js.pull_subscribe_bind(consumer_name("logistics"), ledger_stream(congress))
    event = f"evt.{congress}.subcommittee.catalogue-item.1-01"
    await js.publish(event, b"{}", stream=service_stream(congress, "subcommittee"))
    for _ in range(2):
        [message] = await consumer.fetch(1, timeout=20)
        await message.nak()
    [message] = await consumer.fetch(1, timeout=20)
    findings = [each for each in await examine(settings) if each.code.startswith("policy_")]
    assert [(each.about, each.code) for each in findings] == [
        ("propaganda", "policy_missing"),
        ("logistics", "policy_stuck"),
        ("security", "policy_missing"),
    ]
    await message.ack()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"max_ack_pending": 7}, "max_ack_pending"),
        ({"max_deliver": 3, "headers_only": True}, "headers_only, max_deliver"),
        ({"pause_until": "2099-01-01T00:00:00Z"}, "2099-01-01"),
        ({"filter_subjects": ["evt.*.subcommittee.catalogue-item.1-01"]}, "filter_subjects"),
        ({"filter_subject": "evt.*.subcommittee.>", "filter_subjects": None}, "filter_subject, filter_subjects"),
        ({"deliver_policy": "new", "opt_start_seq": None}, "deliver_policy, opt_start_seq"),
        ({"opt_start_seq": 7}, "opt_start_seq"),
        ({"metadata": {"policies": "open-assigned-items"}}, "metadata"),
    ],
    ids=str,
)
async def test_a_policys_consumer_that_would_miss_events_is_told(settings, connection, congress, change, names):
    stream, durable = ledger_stream(congress), consumer_name("security")
    config = consumer_config(congress, "security", service_named("security").policies) | change
    made = await js_api(connection, f"CONSUMER.CREATE.{stream}.{durable}", {"stream_name": stream, "config": config})
    assert "error" not in made
    findings = [each for each in await examine(settings) if each.code.startswith("policy_")]
    [found] = [each for each in findings if each.about == "security"]
    assert found.code == ("policy_paused" if "pause_until" in change else "policy_differs")
    assert names in found.detail


def as_stored(typed):
    """What the editor of `nats` makes of a value: JSON is YAML too, and a duration has its unit."""
    return int(typed.removesuffix("s")) * 1_000_000_000 if typed.endswith("s") else json.loads(typed)


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("logistics", {"max_age": 3_600_000_000_000}),
        ("logistics", {"max_msgs": 1_000_000, "max_bytes": 1_000_000_000}),
        ("logistics", {"discard": "new"}),
        ("logistics", {"duplicate_window": 1_000_000_000}),
        ("ledger", {"max_age": 3_600_000_000_000}),
    ],
    ids=str,
)
async def test_every_setting_that_is_relied_on_is_looked_at(settings, connection, congress, of, change):
    stream = ledger_stream(congress) if of == "ledger" else service_stream(congress, of)
    config = (await stream_info(connection, stream))["config"]
    assert "error" not in await js_api(connection, f"STREAM.UPDATE.{stream}", config | change)
    [differs] = [each for each in await examine(settings) if each.code == "stream_differs"]
    assert stream in differs.detail
    assert differs.detail.endswith(", ".join(sorted(change)) + ".")
    typed = differs.advice.partition("--interactive` what it must have: ")[2].partition(". The services")[0]
    wanted = {name: as_stored(value) for name, _, value in (line.partition(": ") for line in typed.split("; "))}
    assert "error" not in await js_api(connection, f"STREAM.UPDATE.{stream}", config | change | wanted)
    assert "stream_differs" not in {each.code for each in await examine(settings)}, "as the advice says"


async def test_a_service_that_the_ledger_does_not_source_is_named(settings, connection, congress):
    stream = ledger_stream(congress)
    config = (await stream_info(connection, stream))["config"]
    fewer = config | {"sources": config["sources"][1:]}
    assert "error" not in await js_api(connection, f"STREAM.UPDATE.{stream}", fewer)
    [unjoined] = [each for each in await examine(settings) if each.code == "unit_not_joined"]
    assert (unjoined.severity, "subcommittee" in unjoined.detail) == (Severity.ERROR, True)


@pytest.mark.parametrize("known_by", ["the ledger", "the views alone"])
async def test_a_stream_that_lost_events_is_told_with_the_last_good_one(
    settings, connection, congress, ledger, views, written, known_by
):
    stream = service_stream(congress, "logistics")
    assert "stream_lost_events" not in told(await examine(settings))
    config = (await stream_info(connection, stream))["config"]
    if known_by == "the ledger":
        for limit in (2, -1):
            await js_api(connection, f"STREAM.UPDATE.{stream}", config | {"max_msgs": limit})
    else:
        origins = {stream: [written + 5, None]}
        await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"origins": origins}})
    [lost] = [each for each in await examine(settings) if each.code == "stream_lost_events"]
    assert (lost.about, lost.severity) == ("logistics", Severity.ERROR)
    good, known = (0, written) if known_by == "the ledger" else (written, written + 5)
    assert f"the last good one is {good} of {known}" in lost.detail
    assert "daihoi streams restore logistics" in lost.advice
    if known_by == "the ledger":
        await project_all(ledger, views)
        named = {
            f"DAIHOI_{name}": str(getattr(settings, name.lower())) for name in ("CONGRESS", "NATS_URL", "MONGO_URL")
        }
        verify = ("audit", "verify", "--lang", "en")
        ran = await asyncio.to_thread(CliRunner().invoke, app, verify, env=named)
        assert (ran.exit_code, lost.detail in ran.stdout) == (1, True), ran.output


async def test_views_that_are_behind_are_told_with_how_many_and_how_long(settings, views, written):
    findings = {each.code: each for each in await examine(settings)}
    assert f"{written} events" in findings["behind" if "behind" in findings else "far_behind"].detail
    assert "views_level" not in findings


async def test_how_long_the_views_are_behind_counts_from_the_first_event_they_lack(
    settings, connection, congress, ledger, views, written, monkeypatch
):
    monkeypatch.setattr("services.tracker.health.BEHIND_AFTER_S", -1)
    await project_all(ledger, views)
    assert "tracker: far_behind" not in told(await examine(settings))
    await Writer(EventStore(connection, congress, "security")).write([1])
    await settled(ledger, written + len(life_of_a_task(1)))
    assert "tracker: far_behind" in told(await examine(settings))


async def test_a_checkpoint_ahead_of_the_ledger_and_one_in_another_ledger_are_told(settings, ledger, views, written):
    await project_all(ledger, views)
    checkpoints = views.database["checkpoints"]
    await checkpoints.update_one({"_id": "views"}, {"$set": {"fingerprint": "of another event"}})
    assert "tracker: ledger_other" in told(await examine(settings))
    await checkpoints.update_one({"_id": "views"}, {"$set": {"sequence": written + 5}})
    assert "tracker: ledger_short" in told(await examine(settings))


async def test_what_is_parked_and_what_is_missing_are_told(settings, connection, congress, ledger, views, written):
    stream = service_stream(congress, "logistics")
    await connection.jetstream().publish(f"evt.{congress}.logistics.task.odd", b"not json", stream=stream)
    await settled(ledger, written + 1)
    await project_all(ledger, views)
    origins = {service_stream(congress, "security"): [3, 4]}
    await views.database["checkpoints"].update_one({"_id": "views"}, {"$set": {"origins": origins}})
    wrong = {each.code: each.detail for each in await examine(settings) if not each.is_healthy}
    assert wrong["parked"].startswith("1 event is parked. 1: ")
    assert f"{service_stream(congress, 'security')} at 4" in wrong["origin_gap"]


async def test_the_table_has_a_mark_words_and_advice_in_the_language_asked_for(settings, connection):
    findings = await examine(settings)
    silent = next(each for each in findings if each.code == "service_silent")
    assert silent.detail_in("en") == "subcommittee does not answer."
    assert silent.detail_in("vi") == "subcommittee không trả lời."
    for lang in ("en", "vi"):
        marks, about, words, advice = (list(column.cells) for column in findings_table(findings, lang).columns)
        assert {"✓", "✗"} <= set(marks)
        assert silent.detail_in(lang) in words
        assert silent.advice_in(lang) in advice
        assert set(services()) <= set(about)
    assert all(each.advice for each in findings if each.severity is Severity.ERROR)
    assert told(findings) >= SILENT
