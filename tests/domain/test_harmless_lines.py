"""What is logged or told shows no secret, commands no terminal and stays one line."""

import json
import logging

import pytest

from shared.platform.logs import JsonLines, PlainLines
from shared.values.secrecy import without_secrets

SEED = "SUA" + "MC7RQ2V" * 7 + "ABCDEF"
PASSWORD, KIND = "s3cret", "PRIVATE KEY"
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJsb2dpc3RpY3MifQ.c2lnbmF0dXJl-_"
SECRETS = {
    f"no server answers at nats://unit:{PASSWORD}@10.0.0.1:4222": "no server answers at nats://unit:…@10.0.0.1:4222",
    f"mongodb://tracker:p%40{PASSWORD}@a:1,b:2/?replicaSet=rs0": "mongodb://tracker:…@a:1,b:2/?replicaSet=rs0",
    f"nats://u:{PASSWORD}@a:1,nats://u:two@b:2": "nats://u:…@a:1,nats://u:…@b:2",
    "Authorization: Bearer abc.def": "Authorization: Bearer ***",
    f"a token {TOKEN} came": "a token *** came",
    f"the seed {SEED}.": "the seed ***.",
    f"-----BEGIN {KIND}-----\nMC4CAQ\n-----END {KIND}-----\nleft": "***\nleft",
}


@pytest.mark.parametrize("text", SECRETS, ids=lambda text: text[:12])
def test_passwords_tokens_and_keys_are_not_shown(text):
    assert SECRETS[text] == without_secrets(text)


@pytest.mark.parametrize(
    "text",
    ["nats://127.0.0.1:4222", "mongodb://mongo:27017/?directConnection=true", "logistics.lead@tinh.vn said so"],
)
def test_what_is_no_secret_is_shown_as_it_is(text):
    assert without_secrets(text) == text


def record(message, error=None):
    trace = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("nats.aio", logging.ERROR, __file__, 1, message, (), trace)


def raised(message):
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


def test_an_entry_is_one_plain_line_with_time_level_and_service():
    line = PlainLines("logistics").format(record("Bộ phận\nhậu cần \x1b[31m\u202e", raised("nats://u:p@h\x1b")))
    assert line.isprintable()
    time, level, service, name, *said = line.split(" ")
    assert (len(time), level, service, name) == (29, "ERROR", "logistics", "nats.aio:")
    assert " ".join(said).startswith(r"Bộ phận\nhậu cần \u001b[31m\u202e\nTraceback (most recent call last):\n")
    assert line.endswith(r"RuntimeError: nats://u:…@h\u001b")


def test_an_entry_is_one_line_of_json_that_reads_back_as_it_was_said():
    line = JsonLines("tracker").format(record("Bộ phận\nhậu cần \x1b[31m", raised("nats://u:p@h")))
    assert line.isprintable()
    entry = json.loads(line)
    assert entry["message"] == "Bộ phận\nhậu cần \x1b[31m"
    assert entry["traceback"].splitlines()[-1] == "RuntimeError: nats://u:…@h"
    assert {name: entry[name] for name in ("level", "service", "logger")} == {
        "level": "ERROR",
        "service": "tracker",
        "logger": "nats.aio",
    }
    assert "traceback" not in json.loads(JsonLines("tracker").format(record("well")))
