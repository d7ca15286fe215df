-- What the purses of an account hold per fee group, when they last paid, and what came after.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day of the first month
-- to_day: the day after the last month
-- agreement = '': id of one agreement, or '' for all
WITH decided AS
(
    SELECT
        agreement_id,
        month,
        sequence,
        at,
        disposition = 'billable' AS paid,
        currency,
        fee_rate_bps,
        payer_share_bps,
        price_minor
    FROM conversions FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        AND day >= %(from_day)s AND day < %(to_day)s
        AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
        AND disposition IN ('billable', 'over_budget')
)
SELECT
    agreement_id,
    month,
    currency,
    fee_rate_bps,
    payer_share_bps,
    countIf(paid) AS billable,
    sumIf(price_minor, paid) AS gross_minor,
    maxOrNullIf(at, paid) AS last_billable_at,
    countIf(sequence > last_sequence) AS unpaid_after
FROM decided
LEFT JOIN
(
    SELECT agreement_id, month, maxIf(sequence, paid) AS last_sequence
    FROM decided
    GROUP BY agreement_id, month
) AS paid_last USING (agreement_id, month)
GROUP BY ALL
ORDER BY agreement_id, month, currency, fee_rate_bps, payer_share_bps
