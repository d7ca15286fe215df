"""The fact of a credited result: everything stage B and the evidence need (rules.md §6)."""

from ingest.events import Event
from partnerships.catalog import Budget, Site, View
from partnerships.days import day_of, month_of
from streams.facts import Candidate
from streams.rules.attribution import Credit
from streams.rules.identities import Identities
from streams.rules.objectives import Reached, identity
from streams.rules.reading import Reading


def candidate(
    credit: Credit,
    reached: Reached,
    event: Event,
    session_id: str,
    site: Site,
    zone: str,
    view: View,
    reading: Reading,
    ids: Identities,
) -> Candidate:
    """The candidate; price, fee and objective are those at the event, the budget the pin's."""
    objective, touch, terms = reached.objective, credit.touch, credit.terms
    day = day_of(event.occurred_at, zone)
    is_click = objective.type == "click"
    budget = view.get(Budget, credit.agreement.id)
    unique = identity(reached.count, event, reached.order, session_id, day.isoformat())
    s1, s2, s3, s4, s5 = touch.sub_ids
    return Candidate(
        conversion_id=ids.conversion(event.id, objective.id),
        once_key=ids.once(
            objective.id, credit.agreement.id if is_click else "", reached.count, unique
        ),
        click_key=ids.click(objective.id, touch.nonce) if is_click and touch.nonce else "",
        event_id=event.id,
        agreement_id=credit.agreement.id,
        advertiser_id=site.advertiser_id,
        partner_id=touch.partner_id,
        site_id=site.id,
        objective_id=objective.id,
        objective_type=objective.type,
        count=reached.count,
        visitor=event.visitor,
        session_id=session_id,
        order=reached.order,
        value_minor=event.value_minor,
        value_currency=event.currency,
        day=day.isoformat(),
        month=month_of(day),
        zone=zone,
        at_ms=event.occurred_at,
        received_at=event.received_at,
        pin=reading.pin,
        refusal=credit.refusal,
        terms_version=terms.version,
        price_minor=terms.price_minor,
        currency=terms.currency,
        fee_rate_bps=terms.fee_rate_bps,
        payer_share_bps=terms.payer_share_bps,
        hold_days=terms.hold_days,
        budget_version=budget.version if budget else 0,
        budget_minor=budget.budget_minor if budget else 0,
        touch_id=touch.touch_id,
        touch_at=touch.at_ms,
        touch_form=touch.form,
        touch_path=touch.path,
        touch_source=touch.source,
        event_path=event.path,
        verdict=event.verdict,
        imported=event.imported,
        s1=s1,
        s2=s2,
        s3=s3,
        s4=s4,
        s5=s5,
        source=reading.source,
    )
