-- Results of an account per day or hour, agreement and fee group, for its pages and their money.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- step = 'day': 'day' or 'hour'
-- agreement = '': id of one agreement, or '' for all
-- since_ms = 0: what happened before this start of an hour is left out, epoch milliseconds
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
WITH counted AS
(
    SELECT
        day,
        if(%(step)s = 'hour', toNullable(hour), NULL) AS hour_start,
        day >= %(from_day)s AND at >= fromUnixTimestamp64Milli(%(since_ms)s) AS asked,
        agreement_id,
        advertiser_id,
        partner_id,
        site_id,
        objective_id,
        objective_type,
        month,
        currency,
        fee_rate_bps,
        payer_share_bps,
        disposition,
        count() AS conversions,
        sumIf(price_minor, disposition = 'billable') AS gross
    FROM conversions FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        -- Fees are rounded once a month, so what the month had before the range counts too.
        AND day >= toStartOfMonth(toDate(%(from_day)s)) AND day < %(to_day)s
        AND at < fromUnixTimestamp64Milli(%(until_ms)s)
        AND (%(agreement)s = '' OR agreement_id = %(agreement)s)
    GROUP BY ALL
),
steps AS
(
    SELECT
        day,
        hour_start,
        asked,
        agreement_id,
        advertiser_id,
        partner_id,
        site_id,
        objective_id,
        objective_type,
        month,
        currency,
        fee_rate_bps,
        payer_share_bps,
        sum(conversions) AS tracked,
        sumIf(conversions, disposition = 'billable') AS billable,
        tracked - billable AS refused,
        sumMapIf(map(disposition, conversions), disposition != 'billable') AS refusals,
        sum(gross) AS gross_minor
    FROM counted
    GROUP BY ALL
)
SELECT * EXCEPT (asked)
FROM
(
    SELECT
        *,
        sum(gross_minor) OVER (
            PARTITION BY agreement_id, month, currency, fee_rate_bps, payer_share_bps
            ORDER BY day, asked, hour_start
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS gross_before_minor
    FROM steps
)
WHERE asked
ORDER BY day, hour_start, agreement_id, objective_id, currency, fee_rate_bps, payer_share_bps
