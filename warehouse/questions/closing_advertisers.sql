-- Every advertiser that has a decided conversion, with its zone and the day of its first.
SELECT
    advertiser_id,
    argMax(zone, received_at) AS zone,
    min(day) AS first_day
FROM conversions
GROUP BY advertiser_id
ORDER BY advertiser_id
