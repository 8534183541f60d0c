"""An office's own workbook: sent, asked about, shown with what it would change, and taken over once that is
confirmed. The same reading and the same commands as those of the command line."""

from services.subcommittee.pages.importing.catalogue import CATALOGUE
from services.subcommittee.pages.importing.register import REGISTER
from services.subcommittee.pages.importing.steps import UPLOADS, pages_of
from shared.web.sections import Section

__all__ = ["SECTION", "UPLOADS"]

SECTION = Section(routes=(*pages_of(CATALOGUE), *pages_of(REGISTER)))
