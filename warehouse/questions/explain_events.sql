-- The raw events at some places of the events log that are still kept (90 days).
-- partitions: partitions of the places
-- offsets: offsets of the places
SELECT
    id,
    type,
    host,
    path,
    verdict,
    occurred_at,
    received_at,
    topic,
    partition,
    offset,
    line
FROM events FINAL
WHERE partition IN %(partitions)s AND offset IN %(offsets)s
