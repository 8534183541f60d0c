"""What the forms about accounts say: the fields of a new one, positions, names at the provider, a new password."""

from collections.abc import Mapping

from pydantic import ValidationError

from shared.web.sign_in.accounts import Account, Accounts, checked_oidc_names, checked_position
from shared.web.sign_in.desk import Desk
from shared.web.sign_in.passwords import checked_password
from shared.web.sign_in.refusals import ACCOUNT_FIELDS, PASSWORDS_DIFFER


async def new_account(form: Mapping[str, str], positions: tuple[str, ...], desk: Desk) -> Account:
    """An account that is not kept yet; it needs no password where it has a name at the provider. Raises the refusal
    `account_fields`, and as `typed_oidc_names` and `typed_password`."""
    name, shown = form.get("account", "").strip(), form.get("name", "").strip()
    fields = {"id": name, "name": shown, "positions": positions, "changed_at": desk.now()}
    names_there = await typed_oidc_names(form, name, desk.accounts)
    try:
        account = Account.model_validate(fields | {"oidc_names": names_there})
    except ValidationError as error:
        raise ACCOUNT_FIELDS(count=error.error_count()) from error
    if not form.get("password") and names_there:
        return account
    password = typed_password(form, name, shown)
    return account.model_copy(update={"password": await desk.passwords.hash(password)})


def typed_positions(form: Mapping[str, str]) -> tuple[str, ...]:
    """Set apart by commas or blanks. Raises the refusal `not_a_position`."""
    typed = form.get("positions", "").replace(",", " ").split()
    return tuple(dict.fromkeys(map(checked_position, typed)))


async def typed_oidc_names(form: Mapping[str, str], account: str, accounts: Accounts) -> tuple[str, ...]:
    """Set apart by commas. Raises the refusals `oidc_names`, `oidc_name_taken`."""
    names = checked_oidc_names(form.get("oidc_names", "").split(","))
    await accounts.check_names_free(account, names)
    return names


def typed_password(form: Mapping[str, str], *names: str) -> str:
    """Typed twice, of somebody who is called `names`. Raises as `checked_password`; the refusal
    `passwords_differ`."""
    password = checked_password(form.get("password", ""), *names)
    if checked_password(form.get("password_again", ""), *names) != password:
        raise PASSWORDS_DIFFER()
    return password
