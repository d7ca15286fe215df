-- One event and its repeats by its id, the first received first, while they are kept (90 days).
-- event: id of the event
SELECT *
FROM events FINAL
WHERE id = %(event)s
ORDER BY received_at, `partition`, `offset`, line
