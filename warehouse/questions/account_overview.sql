-- The tiles of an account's overview: clicks, tracked, billable and refused conversions.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
SELECT
    clicks,
    touches,
    tracked,
    billable,
    tracked - billable AS refused,
    results
FROM
(
    SELECT
        countIf(verdict NOT IN ('bot', 'preview')) AS clicks,
        count() AS touches
    FROM touches FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        AND day >= %(from_day)s AND day < %(to_day)s
        AND at < fromUnixTimestamp64Milli(%(until_ms)s)
) AS arrived
CROSS JOIN
(
    SELECT
        count() AS tracked,
        countIf(disposition = 'billable') AS billable,
        -- A click agreement has no rate: these are the numerator of the conversion rate.
        countIf(disposition = 'billable' AND objective_type != 'click') AS results
    FROM conversions FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        AND day >= %(from_day)s AND day < %(to_day)s
        AND at < fromUnixTimestamp64Milli(%(until_ms)s)
) AS decided
