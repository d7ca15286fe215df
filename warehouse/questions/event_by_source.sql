-- One event by its place in Kafka, while it is kept (90 days).
-- partition: partition of `events`
-- offset: offset of the record
-- line: line within the record, from 0
SELECT *
FROM events FINAL
WHERE `partition` = %(partition)s AND `offset` = %(offset)s AND line = %(line)s
