-- Decisions of some purses up to their heads: those that follow what is verified, and a day's.
-- advertiser: id of the account that pays
-- day: the day that is being closed
-- purses: AGREEMENT/MONTH of each purse
-- heads: the highest sequence of each purse to read, in the same order
-- verified: the sequence up to which each purse is verified, in the same order
SELECT
    conversion_id,
    agreement_id,
    partner_id,
    site_id,
    objective_id,
    objective_type,
    month,
    day,
    sequence,
    disposition,
    price_minor,
    currency,
    fee_rate_bps,
    payer_share_bps,
    hold_days,
    candidate_budget_version,
    candidate_budget_minor,
    budget_version,
    budget_minor,
    before_minor,
    after_minor
FROM conversions FINAL
WHERE
    advertiser_id = %(advertiser)s
    AND sequence <= transform(concat(agreement_id, '/', month), %(purses)s, %(heads)s, 0)
    AND (
        day = %(day)s
        OR sequence > transform(concat(agreement_id, '/', month), %(purses)s, %(verified)s, 0)
    )
ORDER BY agreement_id, month, sequence, conversion_id
