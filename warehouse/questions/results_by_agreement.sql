-- Results of an account per agreement, month and fee group, with all that its money follows from.
-- side: 'advertiser' or 'partner', which side the account is asked about
-- account: id of the account
-- from_day: first day, in the advertiser's zone
-- to_day: the day after the last
-- until_ms = 4102444800000: what happened from this instant on is left out, epoch milliseconds
WITH counted AS
(
    SELECT
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
        day >= %(from_day)s AS asked,
        count() AS conversions,
        sumIf(price_minor, disposition = 'billable') AS gross
    FROM conversions FINAL
    WHERE (
            %(side)s = 'advertiser' AND advertiser_id = %(account)s
            OR %(side)s = 'partner' AND partner_id = %(account)s
        )
        -- Fees are rounded once a month, so the month's days before the range count too.
        AND day >= toStartOfMonth(toDate(%(from_day)s)) AND day < %(to_day)s
        AND at < fromUnixTimestamp64Milli(%(until_ms)s)
    GROUP BY ALL
)
SELECT
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
    sumIf(conversions, asked) AS tracked,
    sumIf(conversions, asked AND disposition = 'billable') AS billable,
    tracked - billable AS refused,
    sumMapIf(map(disposition, conversions), asked AND disposition != 'billable') AS refusals,
    sumIf(gross, NOT asked) AS gross_before_minor,
    sumIf(gross, asked) AS gross_minor
FROM counted
GROUP BY ALL
HAVING tracked > 0
ORDER BY agreement_id, month, currency, fee_rate_bps, payer_share_bps
