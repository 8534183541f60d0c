"""Which services run, as a table."""

from collections.abc import Mapping

from rich.table import Table

from shared.i18n import Language, translate
from shared.platform.embedded import Endpoints
from shared.values.units import services


def services_table(congress: str, processes: Mapping[str, int], servers: Endpoints, lang: Language) -> Table:
    table = Table(title=f"daihoi · {congress}", title_justify="left")
    table.add_column(translate("Service", lang))
    table.add_column(translate("Process", lang), justify="right")
    table.add_column(translate("Commands", lang))
    for name, process in processes.items():
        table.add_row(name, str(process), f"cmd.{congress}.{name}.*" if name in services() else "")
    table.caption = f"{servers.nats_url} · {servers.mongo_url}"
    return table
