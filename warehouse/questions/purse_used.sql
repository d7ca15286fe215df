-- What a purse holds per fee group: used = gross and the payer's fee, over all groups.
-- advertiser: id of the account that pays
-- agreement: id of the agreement
-- month: the purse's month, YYYY-MM
SELECT
    currency,
    fee_rate_bps,
    payer_share_bps,
    count() AS tracked,
    countIf(disposition = 'billable') AS billable,
    sumIf(price_minor, disposition = 'billable') AS gross_minor,
    countIf(disposition = 'over_budget') AS over_budget,
    maxOrNullIf(at, disposition = 'billable') AS last_billable_at
FROM conversions FINAL
WHERE
    advertiser_id = %(advertiser)s
    AND agreement_id = %(agreement)s
    AND month = %(month)s
    AND toStartOfMonth(day) = toDate(concat(%(month)s, '-01'))
GROUP BY ALL
ORDER BY currency, fee_rate_bps, payer_share_bps
