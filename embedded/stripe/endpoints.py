"""Every call of the API that the practice Stripe answers, in one table.

Webhook endpoints, refunds, disputes, transfer reversals, hosted pages and account links are
rows of this table when they come.
"""

from collections.abc import Callable

from stripe import params as sdk

from embedded.stripe import (
    accounts,
    balance,
    charges,
    customers,
    events,
    intents,
    payment_methods,
    transfers,
)
from embedded.stripe.execution import Endpoint
from embedded.stripe.ledger import Call, Declined
from embedded.stripe.lists import PAGING
from embedded.stripe.store import Body


def _get(path: str, parameters: type, run: Callable[[Call], Body]) -> Endpoint:
    return Endpoint("GET", path, parameters, run, frozenset())


def _list(path: str, parameters: type, run: Callable[[Call], Body], *filters: str) -> Endpoint:
    return Endpoint("GET", path, parameters, run, frozenset({*PAGING, *filters}))


def _post(
    path: str, parameters: type, run: Callable[[Call], Body | Declined], *acts_on: str
) -> Endpoint:
    return Endpoint("POST", path, parameters, run, frozenset(acts_on))


CUSTOMER = (
    "address",
    "description",
    "email",
    "invoice_settings.default_payment_method",
    "metadata",
    "name",
    "phone",
)
INTENT = (
    "amount",
    "automatic_payment_methods",
    "confirm",
    "currency",
    "customer",
    "metadata",
    "off_session",
    "payment_method",
    *intents.ECHOED,
)
TRANSFER = (
    "amount",
    "currency",
    "description",
    "destination",
    "metadata",
    "source_transaction",
    "transfer_group",
)
ACCOUNT = ("business_profile", "business_type", "capabilities", "email", "metadata")

ENDPOINTS = (
    _post("/v1/customers", sdk.CustomerCreateParams, customers.create, *CUSTOMER, "payment_method"),
    _list("/v1/customers", sdk.CustomerListParams, customers.list_all, "created", "email"),
    _get("/v1/customers/{customer}", sdk.CustomerRetrieveParams, customers.retrieve),
    _post("/v1/customers/{customer}", sdk.CustomerUpdateParams, customers.update, *CUSTOMER),
    _list(
        "/v1/customers/{customer}/payment_methods",
        sdk.CustomerPaymentMethodListParams,
        payment_methods.list_of_customer,
        "type",
    ),
    _post(
        "/v1/payment_methods",
        sdk.PaymentMethodCreateParams,
        payment_methods.create,
        "type",
        "card.token",
        "metadata",
    ),
    _list(
        "/v1/payment_methods",
        sdk.PaymentMethodListParams,
        payment_methods.list_all,
        "customer",
        "type",
    ),
    _get(
        "/v1/payment_methods/{payment_method}",
        sdk.PaymentMethodRetrieveParams,
        payment_methods.retrieve,
    ),
    _post(
        "/v1/payment_methods/{payment_method}/attach",
        sdk.PaymentMethodAttachParams,
        payment_methods.attach,
        "customer",
    ),
    _post(
        "/v1/payment_methods/{payment_method}/detach",
        sdk.PaymentMethodDetachParams,
        payment_methods.detach,
    ),
    _post("/v1/payment_intents", sdk.PaymentIntentCreateParams, intents.create, *INTENT),
    _list(
        "/v1/payment_intents", sdk.PaymentIntentListParams, intents.list_all, "created", "customer"
    ),
    _get("/v1/payment_intents/{intent}", sdk.PaymentIntentRetrieveParams, intents.retrieve),
    _post(
        "/v1/payment_intents/{intent}/confirm",
        sdk.PaymentIntentConfirmParams,
        intents.confirm,
        "off_session",
        "payment_method",
        "receipt_email",
    ),
    _post(
        "/v1/payment_intents/{intent}/cancel",
        sdk.PaymentIntentCancelParams,
        intents.cancel,
        "cancellation_reason",
    ),
    _list(
        "/v1/charges",
        sdk.ChargeListParams,
        charges.list_all,
        "created",
        "customer",
        "payment_intent",
        "transfer_group",
    ),
    _get("/v1/charges/{charge}", sdk.ChargeRetrieveParams, charges.retrieve),
    _post("/v1/transfers", sdk.TransferCreateParams, transfers.create, *TRANSFER),
    _list(
        "/v1/transfers",
        sdk.TransferListParams,
        transfers.list_all,
        "created",
        "destination",
        "transfer_group",
    ),
    _get("/v1/transfers/{transfer}", sdk.TransferRetrieveParams, transfers.retrieve),
    _post(
        "/v1/accounts",
        sdk.AccountCreateParams,
        accounts.create,
        *ACCOUNT,
        "controller",
        "country",
        "default_currency",
        "type",
    ),
    _list("/v1/accounts", sdk.AccountListParams, accounts.list_all, "created"),
    _get("/v1/accounts/{account}", sdk.AccountRetrieveParams, accounts.retrieve),
    _post("/v1/accounts/{account}", sdk.AccountUpdateParams, accounts.update, *ACCOUNT),
    _get("/v1/balance", sdk.BalanceRetrieveParams, balance.retrieve),
    _list(
        "/v1/balance_transactions",
        sdk.BalanceTransactionListParams,
        balance.list_transactions,
        "created",
        "source",
        "type",
    ),
    _get(
        "/v1/balance_transactions/{transaction}",
        sdk.BalanceTransactionRetrieveParams,
        balance.retrieve_transaction,
    ),
    _list("/v1/events", sdk.EventListParams, events.list_all, "created", "type", "types"),
    _get("/v1/events/{event}", sdk.EventRetrieveParams, events.retrieve),
)
