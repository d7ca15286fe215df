-- Touches of an account per partner and site: clicks by visitors, and those of bots and previews.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
SELECT
    advertiser_id,
    partner_id,
    site_id,
    countIf(verdict NOT IN ('bot', 'preview')) AS clicks,
    countIf(verdict = 'bot') AS bots,
    countIf(verdict = 'preview') AS previews,
    countIf(refusal != '') AS refused
FROM touches FINAL
WHERE (
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    )
    AND day >= %(from_day)s AND day < %(to_day)s
    AND at < fromUnixTimestamp64Milli(%(until_ms)s)
GROUP BY ALL
ORDER BY advertiser_id, partner_id, site_id
