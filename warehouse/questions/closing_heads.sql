-- The highest decision of each purse of an advertiser received before an instant, and its days.
-- advertiser: id of the account that pays
-- before_ms: the instant, in epoch milliseconds
SELECT
    agreement_id,
    month,
    max(sequence) AS head,
    groupUniqArray(day) AS days
FROM conversions
WHERE advertiser_id = %(advertiser)s AND received_at < fromUnixTimestamp64Milli(%(before_ms)s)
GROUP BY agreement_id, month
ORDER BY agreement_id, month
