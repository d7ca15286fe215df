-- Results of an account per day or hour, agreement and fee group, for its chart and its money.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- step = 'day': 'day' or 'hour'
-- agreement = '': id of one agreement, or '' for all
WITH steps AS
(
    SELECT
        day,
        if(%(step)s = 'hour', toNullable(hour), NULL) AS hour_start,
        agreement_id,
        advertiser_id,
        partner_id,
        site_id,
        objective_type,
        month,
        currency,
        fee_rate_bps,
        payer_share_bps,
        count() AS tracked,
        countIf(disposition = 'billable') AS billable,
        tracked - billable AS refused,
        sumIf(price_minor, disposition = 'billable') AS gross_minor
    FROM conversions FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        -- Fees are rounded once a month, so the month's days before the range count too.
        AND day >= toStartOfMonth(toDate(%(from_day)s)) AND day < %(to_day)s
        AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
    GROUP BY ALL
)
SELECT *
FROM
(
    SELECT
        *,
        sum(gross_minor) OVER (
            PARTITION BY agreement_id, month, currency, fee_rate_bps, payer_share_bps
            ORDER BY day, hour_start
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS gross_before_minor
    FROM steps
)
WHERE day >= %(from_day)s
ORDER BY day, hour_start, agreement_id, currency, fee_rate_bps, payer_share_bps
