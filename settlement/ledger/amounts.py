"""Reads the amounts of a row of `lines`."""

from typing import Any

from sqlalchemy import Row

from partnerships.money import Amounts


def before(row: Row[Any]) -> Amounts:
    """What its fee group had come to before the line."""
    return Amounts(
        row.gross_before_minor,
        row.fee_before_minor,
        row.partner_fee_before_minor,
        row.payer_fee_before_minor,
    )


def after(row: Row[Any]) -> Amounts:
    """What its fee group comes to with the line."""
    return Amounts(
        row.gross_after_minor,
        row.fee_after_minor,
        row.partner_fee_after_minor,
        row.payer_fee_after_minor,
    )


def added(row: Row[Any]) -> Amounts:
    """What the line adds to its month: nothing when it may not be charged."""
    return after(row).less(before(row)) if row.chargeable else Amounts(0, 0, 0, 0)
