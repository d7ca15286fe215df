-- How much of an account is loaded of its last days: it changes when a decision or a click arrives.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day to look at
SELECT
    sum(facts) AS facts,
    max(latest) AS latest_at
FROM
(
    SELECT count() AS facts, maxOrNull(received_at) AS latest
    FROM conversions
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        AND day >= %(from_day)s
    UNION ALL
    SELECT count() AS facts, maxOrNull(received_at) AS latest
    FROM touches
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        AND day >= %(from_day)s
)
