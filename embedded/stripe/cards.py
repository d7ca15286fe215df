"""The test cards by their names at Stripe, and what a bank answers to a charge on each.

One thing differs from Stripe on purpose: a card that always declines may be attached to a
customer here, so that a saved card can be declined for every reason.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank says no, in Stripe's codes and words."""

    code: str
    decline_code: str
    message: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """The bank says yes; `at_once` makes the funds available without the usual two days."""

    at_once: bool = False


@dataclass(frozen=True, slots=True)
class AuthenticationNeeded:
    """The bank wants the cardholder present."""


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A card that exists in practice only; `asks` means that its bank always wants its holder."""

    last4: str
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    asks: bool = False
    answer: Approval | Decline = Approval()


def _declined(code: str, message: str = "Your card was declined.") -> Decline:
    return Decline("card_declined", code, message)


AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)

_VISA = PracticeCard("4242")

CARDS = {
    "visa": _VISA,
    "visa_debit": replace(_VISA, last4="5556", funding="debit"),
    "mastercard": PracticeCard("4444", brand="mastercard"),
    "mastercard_debit": PracticeCard("8210", brand="mastercard", funding="debit"),
    "amex": PracticeCard("8431", brand="amex"),
    "discover": PracticeCard("1117", brand="discover"),
    "de": replace(_VISA, last4="0016", country="DE"),
    "fr": replace(_VISA, last4="0003", country="FR"),
    "gb": replace(_VISA, last4="0000", country="GB"),
    "bypassPending": replace(_VISA, last4="0077", answer=Approval(at_once=True)),
    "authenticationRequired": replace(_VISA, last4="3184", asks=True),
    "chargeCustomerFail": replace(_VISA, last4="0341", answer=_declined("generic_decline")),
    "chargeDeclined": replace(_VISA, last4="0002", answer=_declined("generic_decline")),
    "chargeDeclinedInsufficientFunds": replace(
        _VISA,
        last4="9995",
        answer=_declined("insufficient_funds", "Your card has insufficient funds."),
    ),
    "chargeDeclinedLostCard": replace(_VISA, last4="9987", answer=_declined("lost_card")),
    "chargeDeclinedStolenCard": replace(_VISA, last4="9979", answer=_declined("stolen_card")),
    "chargeDeclinedVelocityLimitExceeded": replace(
        _VISA,
        last4="6975",
        answer=_declined(
            "card_velocity_exceeded",
            "Your card was declined for making repeated attempts too frequently or exceeding its"
            " amount limit.",
        ),
    ),
    "chargeDeclinedExpiredCard": replace(
        _VISA,
        last4="0069",
        answer=Decline("expired_card", "expired_card", "Your card has expired."),
    ),
    "chargeDeclinedIncorrectCvc": replace(
        _VISA,
        last4="0127",
        answer=Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    "chargeDeclinedProcessingError": replace(
        _VISA,
        last4="0119",
        answer=Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    "chargeDeclinedFraudulent": replace(
        _VISA,
        last4="0019",
        answer=Decline("card_declined", "fraudulent", "Your card was declined.", blocked=True),
    ),
}


def named(reference: str) -> str | None:
    """The card behind `pm_card_visa`, `tok_visa` or `pm_card_visa_chargeDeclined`; else None."""
    for prefix in ("pm_card_", "tok_"):
        if reference.startswith(prefix):
            name = reference.removeprefix(prefix).replace("visa_charge", "charge")
            return name if name in CARDS else None
    return None


def answer(card: PracticeCard, *, present: bool) -> Approval | Decline | AuthenticationNeeded:
    """What the bank says to a charge; `present` when the cardholder is there to confirm it."""
    if card.asks:
        return AuthenticationNeeded() if present else AUTHENTICATION_REQUIRED
    return card.answer
