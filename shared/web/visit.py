"""One visit of a page: who it is, what they may see and do here, and how the page answers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shared.domain.decider import Actor, Refusal
from shared.eventstore.errors import EventStoreError
from shared.i18n import LANGUAGES, Language, is_title_of, render, translate
from shared.reports.congress import particulars_of
from shared.reports.names import Register
from shared.unit.commands import Answer
from shared.unit.own_views import OwnViews
from shared.unit.problems import Problem
from shared.unit.requests import CommandRequest
from shared.unit.roles import Act, may
from shared.unit.tokens import Bearer
from shared.values.command_words import COMMAND_WORDS, DONE, DONE_WORDS
from shared.values.local_time import LOCAL_TIME
from shared.values.message import Message
from shared.values.names_in_use import PEOPLE
from shared.values.units import SUBCOMMITTEE, title_of
from shared.web import session
from shared.web.forms.fields import MOST_FIELDS
from shared.web.place import Place
from shared.web.rendering import hidden, in_language, page_of
from shared.web.sections import Link, NextStep

FORM_BYTES = 2 * 1024 * 1024
"""Without files, and of one field among them: what is too long for its own field is told beside it."""
LONGEST_QUERY = 2000
LIVE = "X-Live"
"""A header of requests for a page whose live parts alone are wanted."""

OWN_LINKS = (
    Link("Act in another position", "/choose-position"),
    Link("Password, signing out everywhere", "/password"),
)
ACCOUNTS_LINK = Link("Accounts", "/accounts")

NO_SUCH_PAGE = Refusal("no_such_page", "There is no such page here.")


class NoRoom(Exception):
    """A file that comes lies in the folder for what is passing; there was no room, or no such folder."""


class Given(NamedTuple):
    """What came of a command: either of the two."""

    answer: Answer | None
    problem: Problem | None


@dataclass
class Visit:
    request: Request
    place: Place
    bearer: Bearer | None
    lang: Language
    uploads: bool = False
    next_step: NextStep | None = None
    _form: FormData | None = field(default=None, repr=False)
    _version: int = 0
    """That of the views when the visit began: what changes while the page is made, the page has to be told."""

    def __post_init__(self) -> None:
        self._version = self.views.version

    # --- who and where ---
    @property
    def actor(self) -> Actor:
        """Raises `LookupError` where nobody is signed in."""
        if self.bearer is None:
            raise LookupError("nobody is signed in")
        return self.bearer.actor

    @property
    def position(self) -> str:
        """What whoever visits is called."""
        return str(in_language(self.lang)["position"](self.actor.id))

    @property
    def service(self) -> str:
        return self.place.service

    @property
    def views(self) -> OwnViews:
        return self.place.views

    @property
    def today(self) -> date:
        return self.place.at_work.settings.today or datetime.now(LOCAL_TIME).date()

    @cached_property
    def register(self) -> Register:
        return Register(self.views.documents("organisations"))

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the address, each of them bounded."""
        return {name: value[:LONGEST_QUERY] for name, value in self.request.query_params.items()}

    def may(self, act: Act, unit: str = "") -> bool:
        return self.bearer is not None and may(self.bearer.actor, act, unit or self.service)

    # --- what is said ---
    def t(self, sentence: str, **params: object) -> str:
        return (
            render(Message("of_a_page", sentence).filled(**params), self.lang)
            if params
            else translate(sentence, self.lang)
        )

    def say(self, message: Message) -> str:
        return render(message, self.lang)

    # --- what is asked ---
    async def form(self) -> FormData:
        """The posted fields, of whole letters. Raises `HTTPException` where they can't be read, `NoRoom` where a file
        has none on this machine."""
        if self._form is None:
            try:
                form = await self.request.form(max_fields=MOST_FIELDS, max_files=20, max_part_size=FORM_BYTES)
                for name, value in form.multi_items():
                    (name + (value if isinstance(value, str) else value.filename or "")).encode()
            except UnicodeError as error:  # a form may name an encoding of its own
                raise HTTPException(400) from error
            except OSError as error:
                raise NoRoom from error
            self._form = form
        return self._form

    async def give(
        self, name: str, data: dict[str, Any], command_id: UUID | None = None, happened: datetime | None = None
    ) -> Given:
        """Gives the command as whoever visits. Once this returns, the pages show what came of it."""
        door = self.place.at_work.door

        async def doing() -> Answer:
            request = CommandRequest(command_id=command_id or uuid4(), data=data, happened=happened or self._as_of)
            answer = await door.give(name, request, self.actor)
            with suppress(EventStoreError):  # it is done all the same
                await self.views.upto(answer.sequence)
            return answer

        answered = await door.answered(name, doing())
        return Given(None, answered) if isinstance(answered, Problem) else Given(answered, None)

    @property
    def _as_of(self) -> datetime | None:
        return self.place.at_work.settings.happened

    # --- how the page answers ---
    def render(self, template: str, status: int = 200, /, **context: Any) -> Response:
        return HTMLResponse(page_of(template, {**self._frame(), **context}), status)

    def redirect(self, path: str, done: str = "") -> Response:
        """`done` names the command that was done, for the page to say so."""
        if done:
            path += ("&" if "?" in path else "?") + urlencode({"done": done})
        return RedirectResponse(path, 303)

    def not_found(self) -> Response:
        return self.refused(NO_SUCH_PAGE(), 404)

    def refused(self, refused: Any, status: int = 409) -> Response:
        return self.render(
            "problem.html", status, page_title=self.t("That can't be done"), message=self.say(refused.message)
        )

    def _frame(self) -> dict[str, Any]:
        """What every page is set in."""
        path = self.request.url.path
        token = session.token_of(self.request, self.place.congress)
        other: Language = "en" if self.lang == "vi" else "vi"
        back = urlencode({"back": path + (f"?{self.request.url.query}" if self.request.url.query else "")})
        theme = self.request.cookies.get("daihoi-theme", "")
        return {
            **in_language(self.lang),
            "visit": self,
            "Act": Act,
            "csrf_field": lambda: hidden(session.CSRF_FIELD, session.csrf_token(token)),
            "hidden": hidden,
            "new_command_id": lambda: str(uuid4()),
            "nav": [self._link(link, path) for link in self.place.links if self.may(link.needs)],
            "services": self._services(),
            "congress": {"id": self.place.congress, "title": self._title_of_congress()},
            "visitor": self._visitor(),
            "other_lang": {"code": other, "label": LANGUAGE_NAMES[other], "href": f"/language/{other}?{back}"},
            "theme": theme if theme in ("light", "dark") else "auto",
            "theme_links": [{"theme": name, "href": f"/theme/{name}?{back}"} for name in ("auto", "light", "dark")],
            "done": self._done(self.query.get("done", "")),
            "problems": [],
            "next_step": self.next_step,
            "live_version": self._version,
            "page_title": "",
            "today": self.today,
            "unreadable": self.views.unreadable,
        }

    def _done(self, command: str) -> str:
        """That it was done; empty where there is no such command."""
        if (words := COMMAND_WORDS.get(command)) is None:
            return ""
        label = self.say(words)
        return self.say(DONE_WORDS.get(command) or DONE.filled(command=label[:1].lower() + label[1:]))

    def _link(self, link: Link, path: str) -> dict[str, Any]:
        is_current = path == link.path or path.startswith(f"{link.path}/")
        return {"label": self.t(link.label), "href": link.path, "current": is_current}

    def _services(self) -> list[dict[str, Any]]:
        return [
            {
                "id": service,
                "title": title_of(service, self.lang),
                "href": self.place.addresses.get(service, "") + "/",
                "current": service == self.service,
            }
            for service in self.place.services
            if self.may(Act.READ, service) and service in self.place.addresses
        ]

    def _title_of_congress(self) -> str:
        particulars = particulars_of(self.views.documents("congress"))
        if particulars is None:
            return ""
        return (particulars.title.en if self.lang == "en" else "") or particulars.title.vi

    def _visitor(self) -> dict[str, Any] | None:
        """The visitor by the name on the register; who is not on it, by the title of their position."""
        if self.bearer is None:
            return None
        actor = self.bearer.actor
        listed = self.views.names().get(PEOPLE, {}).get(actor.person)
        name = listed.vi if listed and not is_title_of(listed.vi, actor.id) else ""
        return {
            "name": name or self.position,
            "position": self.position,
            "account": actor.person,
            "links": self._own_links(actor) if actor.person else [],
        }

    def _own_links(self, actor: Actor) -> list[dict[str, str]]:
        """Links to what people do with their own account, where they sign in."""
        links = [*OWN_LINKS, *([ACCOUNTS_LINK] if may(actor, Act.KEEP_ACCOUNTS, SUBCOMMITTEE) else ())]
        address = self.place.addresses.get(SUBCOMMITTEE, "")
        return [{"label": self.t(link.label), "href": address + link.path} for link in links]


LANGUAGE_NAMES: Mapping[Language, str] = {"vi": "Tiếng Việt", "en": "English"}


def language_of(request: Request) -> Language:
    """The language that whoever reads has chosen; Vietnamese where they have not."""
    chosen = request.cookies.get("daihoi-lang", "")
    return next((lang for lang in LANGUAGES if lang == chosen), "vi")


__all__ = ["Given", "ValidationError", "Visit", "language_of"]
