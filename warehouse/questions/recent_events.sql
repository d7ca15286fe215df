-- The events of a site that came last, newest first: is its tag alive, what does it send.
-- site: id of the site
-- since_ms: how far back to look, epoch milliseconds
-- limit = 20: most rows
SELECT
    id,
    type,
    name,
    occurred_at,
    received_at,
    host,
    path,
    referrer_host,
    verdict,
    `order`,
    test,
    imported
FROM events FINAL
WHERE site = %(site)s AND received_at >= fromUnixTimestamp64Milli(%(since_ms)s)
ORDER BY received_at DESC, `partition`, `offset` DESC, line DESC
LIMIT %(limit)s
