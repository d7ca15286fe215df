-- Clicks of an account per day or hour, partner and site.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- step = 'day': 'day' or 'hour'
-- shift_minutes = 0: how far the zone's hours begin past those of UTC: 0, 15, 30 or 45
-- since_ms = 0: what happened before this instant is left out, epoch milliseconds
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
SELECT
    day,
    if(
        %(step)s = 'hour',
        toNullable(
            toStartOfHour(at - toIntervalMinute(%(shift_minutes)s))
            + toIntervalMinute(%(shift_minutes)s)
        ),
        NULL
    ) AS hour_start,
    advertiser_id,
    partner_id,
    site_id,
    count() AS clicks
FROM touches FINAL
WHERE (
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    )
    AND day >= %(from_day)s AND day < %(to_day)s
    AND at >= fromUnixTimestamp64Milli(%(since_ms)s)
    AND at < fromUnixTimestamp64Milli(%(until_ms)s)
    AND verdict NOT IN ('bot', 'preview')
GROUP BY ALL
ORDER BY day, hour_start, advertiser_id, partner_id, site_id
