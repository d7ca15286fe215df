-- Every purse's decisions by disposition, with the newest budget and what was used of it.
SELECT
    advertiser_id,
    partner_id,
    agreement_id,
    month,
    currency,
    disposition,
    count() AS conversions,
    max(sequence) AS last_sequence,
    argMax(budget_minor, sequence) AS budget_minor,
    argMax(after_minor, sequence) AS used_minor
FROM conversions FINAL
GROUP BY advertiser_id, partner_id, agreement_id, month, currency, disposition
ORDER BY advertiser_id, agreement_id, month, disposition
