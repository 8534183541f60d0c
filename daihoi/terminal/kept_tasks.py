"""The open tasks that a changed catalogue does not reach, and how each is changed."""

from collections.abc import Iterator, Sequence

from daihoi.terminal.catalogue import fields_in_words
from services.subcommittee.importing.kept import KeptTask
from shared.i18n import Language, translate
from shared.values.units import title_of

MOST_TOLD = 10


def kept_lines(kept: Sequence[KeptTask], lang: Language) -> Iterator[str]:
    if not kept:
        return
    yield translate(
        "{count} open tasks keep what they were opened with; the file does not change them:", lang, count=len(kept)
    )
    for task in kept[:MOST_TOLD]:
        yield from _lines(task, lang)
    if len(kept) > MOST_TOLD:
        yield translate("… and {count} more; --format json has all.", lang, count=len(kept) - MOST_TOLD)


def _lines(task: KeptTask, lang: Language) -> Iterator[str]:
    fields = "; ".join(f"{name}: {old} → {new}" for name, old, new in fields_in_words(task.fields, lang))
    yield f"  {task.task_id}, {title_of(task.unit, lang)}: {fields}"
    if command := task.command(translate("As the file says now", lang)):
        yield translate("    To change it: {command}", lang, command=command)
    if task.is_of_another_unit:
        yield translate(
            "    Another unit does not get it so: cancel the task with `daihoi do cancel-task {task_id}`, and import "
            "the work under a number of its own.",
            lang,
            task_id=task.task_id,
        )
