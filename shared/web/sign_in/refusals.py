"""Why somebody is not let in, or a form of these pages is not taken."""

from shared.domain.decider import Refusal

NOT_RIGHT = Refusal("sign_in_refused", "The account or the password is not right.")
TOO_MANY_TRIES = Refusal("too_many_tries", "Too many tries. Try again in {seconds} seconds.")
NO_SUCH_CODE = Refusal("setup_code_refused", "The set-up code is not right.")
CURRENT_NOT_RIGHT = Refusal("current_password_refused", "The password that you have now is not right.")
NOT_YOUR_POSITION = Refusal("not_your_position", "That is no position of yours.")
PASSWORDS_DIFFER = Refusal("passwords_differ", "The two passwords are not the same.")
SAME_PASSWORD = Refusal("same_password", "The new password is the old one.")
HAND_OVER_FAILED = Refusal(
    "hand_over_failed",
    "Your sign-in did not arrive: it took too long, was used before, or your browser keeps no cookies for this "
    "address. Begin again.",
)
NO_SIGN_IN_HERE = Refusal(
    "no_sign_in_here", "Nobody can sign in here: this service has no private key of the issuer. Its log says more."
)
UNKNOWN_TO_US = Refusal(
    "oidc_account_unknown",
    "Your organisation has confirmed who you are, and nobody has given you an account here yet. Ask the standing "
    "office.",
)
MAY_NOT_KEEP_ACCOUNTS = Refusal("may_not_keep_accounts", "Accounts are kept by the lead of the sub-committee alone.")
NOT_YOUR_OWN = Refusal("not_your_own_account", "You can't disable your own account.")
FORM_OF_ANOTHER_SESSION = Refusal(
    "form_not_from_here", "The form was not sent from a page of this session. Open the page again and send it anew."
)

ACCOUNT_FIELDS = Refusal(
    "account_fields",
    "Account and name are needed: the account has letters without marks, digits, - and _, at most 80 of them.",
)
ACCOUNT_SEEN = Refusal(
    "account_changed", "Somebody else changed the account {account} meanwhile; here it is as it is now."
)


PROVIDER_AWAY = Refusal(
    "oidc_provider_away", "The sign-in of your organisation does not answer just now; try again in a minute."
)
PROVIDER_REFUSED = Refusal(
    "oidc_refused", "The sign-in of your organisation has not confirmed who you are; begin again."
)
NOT_PROVED = Refusal("oidc_not_proved", "What the sign-in of your organisation has sent does not hold; begin again.")
