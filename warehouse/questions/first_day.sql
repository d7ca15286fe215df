-- The first day of which an account has a click or a decision; NULL when it has none.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
SELECT min(first) AS first_day
FROM
(
    SELECT minOrNull(day) AS first
    FROM conversions
    WHERE
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
    UNION ALL
    SELECT minOrNull(day) AS first
    FROM touches
    WHERE
        %(side)s = 'advertiser' AND advertiser_id = %(account)s
        OR %(side)s = 'partner' AND partner_id = %(account)s
)
