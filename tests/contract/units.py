"""What the four services are made of, and one story that every aggregate can tell."""

from daihoi.ops.charters import service_named
from shared.eventstore.direct import Stored
from shared.eventstore.envelope import as_bytes
from shared.eventstore.names import event_subject, service_stream
from shared.values.types import slug
from shared.values.units import services

SUBCOMMITTEE, PROPAGANDA, LOGISTICS, SECURITY = map(
    service_named, ("subcommittee", "propaganda", "logistics", "security")
)
SERVICE_AGGREGATES = {name: service_named(name).aggregates for name in services()}

GROUP = {"number": 1, "name": {"vi": "Công tác chuẩn bị"}}
WORK = {"title": {"vi": "Chuẩn bị hội trường"}, "group": GROUP, "phase": "before", "scenario": "both"}
TASK = {"task_id": "1-03", **WORK, "planned_vnd": 5_000_000}
SHOWN = {
    "evidence": [
        {"title": "Biên bản", "link": "https://example.invalid/b", "sha256": "0a" * 32, "size_bytes": 120_000}
    ]
}
"""What a submission has to have beside the task."""
HALL = {"resource_id": "hall-1", "kind": "hall", "name": {"vi": "Trung tâm Hội nghị tỉnh"}, "capacity": 800}


def item(code="1.03", unit="logistics", **changes):
    return {"code": code, **WORK, "unit": unit, "due_offset_days": -30, "budget_vnd": 5_000_000} | changes


def published(*items):
    return {"catalogue": "xx", "note": {"vi": "Danh mục"}, "items": items or [item()]}


LOCALITY = {
    "organisation_id": "giao-thuy",
    "kind": "locality",
    "name": {"vi": "Huyện Giao Thủy"},
    "positions": ["Chủ tịch UBND huyện Giao Thủy"],
}
NEEDS = {"duty": ("register-organisations", {"entries": [LOCALITY]})}
"""The command that has to come before an entity can begin, where there is one."""
OPENED_BY = {
    "code-list": "lead",
    "instruction": "lead",
    "issued-report": "lead",
    "scenario": "lead",
    "revocation": "lead",
    "variant": "lead",
    "unit-rules": "lead",
    "unit-scenario": "policy.follow-switches",
}
"""Who begins what an officer can't; to the officer it is refused."""


def opening(title):
    """Per entity: the command that begins it, what it is told, and the code of its refusal to begin otherwise."""
    text = {"vi": title}
    return {
        "task": ("open-task", TASK | {"title": text}, "task_already_open"),
        "document": (
            "issue-document",
            {"symbol": "76-KH/TU", "kind": "Kế hoạch", "issuer": "Tỉnh ủy", "title": text},
            "document_already_issued",
        ),
        "meeting": (
            "record-meeting",
            {"meeting_id": "m1", "title": text, "held_on": "2020-08-14", "chair": {"position": "Chủ tịch"}},
            "meeting_already_recorded",
        ),
        "directive": (
            "issue-directive",
            {"directive_id": "d1", "kind": "work", "text": text, "units": ["logistics"]},
            "directive_already_issued",
        ),
        "instruction": (
            "give-instruction",
            {"instruction_id": "i1", "unit": "logistics", "task_id": "1-03", "text": title},
            "no_right_to_give",
        ),
        "issued-report": (
            "issue-report",
            {
                "symbol": "12-BC/TB",
                "issued_on": "2020-09-11",
                "signer": title,
                "period_from": "2020-09-01",
                "period_to": "2020-09-10",
                "today": "2020-09-10",
                "coming_days": 15,
                "sequence": 7,
                "digest": "0a" * 32,
                "content_digest": "0b" * 32,
                "content_form": 1,
            },
            "no_right_to_issue",
        ),
        "organisation": (
            "register-organisation",
            {"organisation_id": "o1", "kind": "locality", "name": text},
            "organisation_already_registered",
        ),
        "parked-event": (
            "discard-parked-event",
            {"sequence": 7, "stored_under": "evt.xx.logistics.task.1-03", "origin_sequence": 3, "reason": title},
            "parked_event_already_discarded",
        ),
        "revocation": (
            "record-revocation",
            {
                "revocation_id": "r1",
                "what": "token",
                "named": "0" * 32,
                "since": "2020-08-14T09:00:00+07:00",
                "reason": title,
            },
            "no_right_to_revoke",
        ),
        "review": ("open-review", {"review_id": "r1", "directive_id": slug(title)}, "review_already_open"),
        "duty": (
            "hand-out-duty",
            {
                "unit": "logistics",
                "duty": "sanitation",
                "phases": [{"phase": "before"}, {"phase": "during"}],
                "localities": ["giao-thuy"],
                "planned_vnd": sum(map(ord, title)),
            },
            "duty_already_handed_out",
        ),
        "catalogue-item": (
            "publish-catalogue",
            published(item("1.03", title=text), item("1.04", title=text)),
            "catalogue_item_already_published",
        ),
        "congress": (
            "found-congress",
            {
                "title": text,
                "ordinal": "XX",
                "term": "2020-2025",
                "issuing_body": {"vi": "Tiểu ban Tổ chức phục vụ Đại hội"},
                "issuer_code": "TB",
            },
            "congress_already_founded",
        ),
        "code-list": (
            "add-entry",
            {"code_list": "incident-kinds", "entry_id": "flood", "name": text},
            "no_right_to_change_lists",
        ),
        "scenario": ("switch-scenario", {"scenario": "outbreak", "reason": title}, "no_right_to_switch"),
        "variant": ("prepare-variant", {"variant": "outbreak"}, "not_the_lead"),
        "unit-scenario": (
            "record-switch",
            {"number": 1, "scenario": "outbreak", "reason": title},
            "for_the_policy_only",
        ),
        "unit-rules": ("set-unit-rules", {"evidence_required": False, "reason": title}, "no_right_to_set_rules"),
        "publication": (
            "propose-publication",
            {"publication_id": "p1", "channel": "press", "title": text},
            "publication_already_proposed",
        ),
        "resource": ("register-resource", HALL | {"name": text}, "resource_already_registered"),
        "clearance": (
            "request-clearance",
            {"clearance_id": "c1", "kind": "place", "holder": title, "purpose": "Đại hội"},
            "clearance_already_requested",
        ),
        "expense": (
            "estimate-expense",
            {"task_id": "1-03", "amount_vnd": 5_000_000, "guaranteed_vnd": 4_000_000, "funding_source": title},
            "expense_already_estimated",
        ),
        "incident": (
            "report-incident",
            {"incident_id": "i1", "place": "Cổng chính", "kind": "order", "details": title},
            "incident_already_reported",
        ),
    }


def in_ledger(envelope, sequence=1, congress="xx"):
    """An envelope as the ledger would hold it."""
    entity = envelope.type.split(".")[2]
    return Stored(
        sequence=sequence,
        subject=event_subject(congress, envelope.source, entity, envelope.subject),
        recorded=envelope.time,
        body=as_bytes(envelope),
        source=f"{service_stream(congress, envelope.source)} {sequence} > > -",
    )
