-- How many results the agreements of an account had in its last days, and since when they have any.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- look_from: how far back to look for the first result
-- from_day: first day that counts
-- to_day: the day after the last
-- agreement = '': id of one agreement, or '' for all
SELECT
    agreement_id,
    min(day) AS first_day,
    countIf(disposition = 'billable' AND day >= %(from_day)s) AS billable
FROM conversions FINAL
WHERE (
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    )
    AND day >= %(look_from)s AND day < %(to_day)s
    AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
GROUP BY agreement_id
ORDER BY agreement_id
