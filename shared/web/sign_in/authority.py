"""The pages that the authority alone has: where people prove who they are, and their accounts are kept."""

from starlette.routing import Route

from shared.web.sign_in.by_provider import ByProvider
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.first_account import FirstAccount
from shared.web.sign_in.keeping_accounts import KeepingAccounts
from shared.web.sign_in.letting_in import LettingIn
from shared.web.sign_in.own_account import OwnAccount
from shared.web.sign_in.signing_in import SigningIn


def routes_of_authority(desk: Desk) -> list[Route]:
    letting_in = LettingIn(desk)
    return [
        *SigningIn(desk, letting_in).routes(),
        *ByProvider(desk, letting_in).routes(),
        *FirstAccount(desk, letting_in).routes(),
        *OwnAccount(desk, letting_in).routes(),
        *KeepingAccounts(desk).routes(),
    ]
