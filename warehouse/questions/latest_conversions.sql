-- The latest conversions of an account, newest first, refused ones with their reason.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- since_ms = 0: what happened before this instant is left out, epoch milliseconds
-- agreement = '': id of one agreement, or '' for all
-- disposition = '': 'billable', one reason, 'refused' for every reason, or '' for all
-- limit = 50: most rows
-- skip = 0: how many of the newest to leave out
SELECT
    conversion_id,
    at,
    received_at,
    day,
    zone,
    agreement_id,
    advertiser_id,
    partner_id,
    site_id,
    objective_id,
    objective_type,
    count,
    disposition,
    first_id,
    price_minor,
    currency,
    fee_rate_bps,
    payer_share_bps,
    terms_version,
    sequence,
    budget_minor,
    before_minor,
    after_minor,
    `order`,
    event_path,
    touch_at,
    touch_form,
    touch_path,
    s1,
    s2,
    s3,
    s4,
    s5
FROM conversions FINAL
WHERE (
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    )
    AND day >= %(from_day)s AND day < %(to_day)s
    AND at >= fromUnixTimestamp64Milli(%(since_ms)s)
    AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
    AND (
        %(disposition)s IN ('', disposition)
        OR %(disposition)s = 'refused' AND disposition != 'billable'
    )
ORDER BY at DESC, conversion_id
LIMIT %(limit)s OFFSET %(skip)s
