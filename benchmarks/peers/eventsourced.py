"""The same tasks with the library `eventsourcing` on PostgreSQL, written as its own documents show."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from benchmarks.history import ACTOR, GROUP, Step, batches

PAGE = 1000
APPLICATION = "Tasks"


def id_of(task: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"task-{task}")


class Task(Aggregate):
    class Opened(Aggregate.Created):
        task: int
        title: str
        group: dict[str, Any]
        planned_vnd: int
        actor: str
        command_id: UUID

    class Progressed(Aggregate.Event):
        percent: int
        note: str
        actor: str
        command_id: UUID

    @staticmethod
    def create_id(task: int) -> UUID:
        return id_of(task)

    @event(Opened)
    def __init__(
        self, task: int, title: str, group: dict[str, Any], planned_vnd: int, actor: str, command_id: UUID
    ) -> None:
        self.title, self.group, self.planned_vnd = title, group, planned_vnd
        self.percent = 0

    @event(Progressed)
    def report_progress(self, percent: int, note: str, actor: str, command_id: UUID) -> None:
        self.percent = percent


class Tasks(Application[UUID]):
    name = APPLICATION

    def report_progress(self, task: int, percent: int, note: str) -> int:
        """The place of the event among all: load, command, save."""
        found: Task = self.repository.get(id_of(task))
        found.report_progress(percent, note, ACTOR, uuid4())
        return int(self.save(found)[-1].notification.id)

    def record(self, events: int) -> None:
        """The history, saved many aggregates at a time."""
        tasks: dict[int, Task] = {}
        for batch in batches(events):
            changed = {step.task: _changed(tasks, step) for step in batch}
            self.save(*changed.values())

    def read_all(self, upto: int) -> int:
        """Selects and decodes every event; how many they were."""
        start, read = 1, 0
        while start <= upto:
            page = self.recorder.select_notifications(start, PAGE)
            for notification in page:
                self.mapper.to_domain_event(notification)
            read, start = read + len(page), page[-1].id + 1
        return read


def _changed(tasks: dict[int, Task], step: Step) -> Task:
    if step.opens:
        tasks[step.task] = Task(step.task, step.title, GROUP, 1_000_000, ACTOR, uuid4())
    else:
        tasks[step.task].report_progress(step.percent, step.note, ACTOR, uuid4())
    return tasks[step.task]


class TaskView(PostgresTrackingRecorder):
    """A row a task, and a row an event for the audit; both change together with how far they are."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        for statement in (
            "CREATE TABLE IF NOT EXISTS task_view (id uuid PRIMARY KEY, document jsonb NOT NULL)",
            "CREATE TABLE IF NOT EXISTS task_audit (id bigint PRIMARY KEY, row jsonb NOT NULL)",
        ):
            self.sql_create_statements.append(SQL(statement).format())

    def show(self, task_id: UUID, changes: Mapping[str, Any], row: Mapping[str, Any], tracking: Tracking) -> None:
        upsert = (
            "INSERT INTO task_view VALUES (%s, %s) "
            "ON CONFLICT (id) DO UPDATE SET document = task_view.document || EXCLUDED.document"
        )
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(upsert, (task_id, Jsonb(changes)), prepare=True)
            audit = "INSERT INTO task_audit VALUES (%s, %s)"
            cursor.execute(audit, (tracking.notification_id, Jsonb(row)), prepare=True)
            self._insert_tracking(cursor, tracking)


class TaskProjection(Projection[TaskView]):
    name = "task_projection"

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        pass

    @process_event.register
    def opened(self, domain_event: Task.Opened, tracking: Tracking) -> None:
        changes = {
            "title": domain_event.title,
            "group": domain_event.group,
            "planned_vnd": domain_event.planned_vnd,
            "percent": 0,
        }
        self._show(domain_event, changes, tracking)

    @process_event.register
    def progressed(self, domain_event: Task.Progressed, tracking: Tracking) -> None:
        self._show(domain_event, {"percent": domain_event.percent}, tracking)

    def _show(self, domain_event: Any, changes: dict[str, Any], tracking: Tracking) -> None:
        row = {
            "happened": domain_event.timestamp.isoformat(),
            "recorded": datetime.now(UTC).isoformat(),
            "actor": domain_event.actor,
            "command_id": str(domain_event.command_id),
            "type": type(domain_event).__qualname__,
            "changes": changes,
        }
        self.view.show(domain_event.originator_id, changes, row, tracking)


def runner(settings: Mapping[str, str]) -> ProjectionRunner[Tasks, TaskView]:
    """The library's own projection runner, begun; it goes on from where the view is."""
    env = dict(settings)
    return ProjectionRunner(application_class=Tasks, projection_class=TaskProjection, view_class=TaskView, env=env)


def view_at_the_end(application: Tasks, settings: Mapping[str, str]) -> TaskView:
    """An empty view that passes over everything up to now."""
    clear_view(application)
    env = Environment(TaskProjection.name, dict(settings))
    view = InfrastructureFactory[TaskView].construct(env).tracking_recorder(TaskView)
    view.insert_tracking(Tracking(APPLICATION, application.recorder.max_notification_id() or 0))
    return view


def clear_view(application: Tasks) -> None:
    """Drops what the projection made, so that it begins afresh."""
    datastore = application.factory.datastore
    with datastore.transaction(commit=True) as cursor:
        for table in ("task_view", "task_audit", "task_projection_tracking"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
