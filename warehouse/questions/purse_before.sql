-- What a purse had admitted per fee group when a decision of it was made.
-- advertiser: id of the account that pays
-- agreement: id of the agreement
-- month: the purse's month, YYYY-MM
-- sequence: the decision's place in the purse
SELECT
    fee_rate_bps,
    payer_share_bps,
    sum(price_minor) AS gross_minor,
    max(at) AS last_billable_at
FROM conversions FINAL
WHERE
    advertiser_id = %(advertiser)s
    AND agreement_id = %(agreement)s
    AND month = %(month)s
    AND toStartOfMonth(day) = toDate(concat(%(month)s, '-01'))
    AND sequence < %(sequence)s
    AND disposition = 'billable'
GROUP BY ALL
ORDER BY fee_rate_bps, payer_share_bps
