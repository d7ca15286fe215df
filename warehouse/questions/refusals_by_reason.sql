-- Refused conversions of an account by reason, most frequent first.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
-- agreement = '': id of one agreement, or '' for all
SELECT
    disposition AS reason,
    count() AS conversions
FROM conversions FINAL
WHERE (
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    )
    AND day >= %(from_day)s AND day < %(to_day)s
    AND at < fromUnixTimestamp64Milli(%(until_ms)s)
    AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
    AND disposition != 'billable'
GROUP BY reason
ORDER BY conversions DESC, reason
