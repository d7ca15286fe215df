-- One day of an advertiser per agreement and fee group: tracked = billable + refusals.
-- advertiser: id of the account that pays
-- day: the day, in the advertiser's zone
SELECT
    agreement_id,
    any(partner_id) AS partner_id,
    any(site_id) AS site_id,
    any(objective_id) AS objective_id,
    any(objective_type) AS objective_type,
    any(month) AS month,
    currency,
    fee_rate_bps,
    payer_share_bps,
    count() AS tracked,
    countIf(disposition = 'billable') AS billable,
    sumMapIf(map(disposition, toUInt64(1)), disposition != 'billable') AS refusals,
    sumIf(price_minor, disposition = 'billable') AS gross_minor
FROM conversions FINAL
WHERE advertiser_id = %(advertiser)s AND day = %(day)s
GROUP BY agreement_id, currency, fee_rate_bps, payer_share_bps
ORDER BY agreement_id, currency, fee_rate_bps, payer_share_bps
