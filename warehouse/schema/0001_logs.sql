-- What the collector took in, what could not be read, and how far the stages have come.

CREATE TABLE IF NOT EXISTS events
(
    id String COMMENT 'Event id, 32 hex digits; a client that sends an event again repeats it: count uniqExact(id)' CODEC(ZSTD(1)),
    site LowCardinality(String) COMMENT 'Id of the site',
    type LowCardinality(String) COMMENT 'page, event, click (a hit on a partner''s link) or conversion (server to server)',
    visitor String COMMENT 'Visitor key, a keyed hash of 32 hex digits; not granted to analysts' CODEC(ZSTD(1)),
    occurred_at DateTime64(3, 'UTC') COMMENT 'Event time' CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When the collector received it, by its clock' CODEC(Delta, ZSTD(1)),
    collector LowCardinality(String) COMMENT 'Which collector received it',
    collected_id String COMMENT 'The collector''s own id of this receipt' CODEC(ZSTD(1)),
    cookieless Bool COMMENT 'The visitor key ends at midnight in the advertiser''s zone',
    verdict LowCardinality(String) COMMENT 'What the agent is taken for: browser, bot, preview or prefetch',
    networks Array(String) COMMENT 'Keyed hashes of the client''s network, KEYID:HEX; not granted to analysts' CODEC(ZSTD(1)),
    name LowCardinality(String) COMMENT 'Name of an event of type event, else empty',
    host LowCardinality(String) COMMENT 'Host of the page or of the link, lower case',
    path String COMMENT 'Path of the page or of the link' CODEC(ZSTD(1)),
    query Map(String, String) COMMENT 'The query parameters that were kept; of a repeated one the first' CODEC(ZSTD(1)),
    referrer_host LowCardinality(String) COMMENT 'Host of the referrer, empty without one',
    referrer_path String COMMENT 'Path of the referrer, empty without one' CODEC(ZSTD(1)),
    token_link LowCardinality(String) COMMENT 'Code of the link in an authentic click token, empty without one',
    token_clicked_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When the link of the token was followed',
    token_nonce String COMMENT 'The token''s nonce: one click' CODEC(ZSTD(1)),
    token_flags Array(LowCardinality(String)) COMMENT 'What the collector knew at the click: bot, preview, prefetch, test, partner_cookie, partner_network, own',
    code LowCardinality(String) COMMENT 'A cf= that is no authentic token, as it stands',
    objective LowCardinality(String) COMMENT 'Id of the objective of a server item, else empty',
    `order` String COMMENT 'Order id, empty without one' CODEC(ZSTD(1)),
    value_minor Nullable(Int64) COMMENT 'Value the site reported, in minor units of currency',
    currency LowCardinality(String) COMMENT 'Currency of value_minor',
    properties String COMMENT 'Other properties as a JSON object, empty without any: JSONExtractString(properties, ''name'')' CODEC(ZSTD(1)),
    consent LowCardinality(String) COMMENT 'granted, denied, or empty when the site does not ask',
    gpc Bool COMMENT 'The browser sent Global Privacy Control',
    test Bool COMMENT 'Marked as a test',
    imported Bool COMMENT 'Sent with an import key; may lie in the past',
    too_old Bool COMMENT 'Was older than the 72 hours allowed',
    partner_cookie Array(LowCardinality(String)) COMMENT 'Accounts whose signed partner cookie the browser carried',
    pin UInt64 COMMENT 'Catalog pin of its envelope: the catalog''s sequence it is judged by',
    topic LowCardinality(String) DEFAULT 'counterfoil.events' COMMENT 'Kafka topic of the line',
    partition UInt16 COMMENT 'Kafka partition of the line',
    offset UInt64 COMMENT 'Kafka offset of the record' CODEC(Delta, ZSTD(1)),
    line UInt16 COMMENT 'Line within the record, from 0',
    INDEX by_id id TYPE bloom_filter GRANULARITY 1,
    INDEX by_offset offset TYPE minmax GRANULARITY 1,
    INDEX by_occurred occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (site, received_at, partition, offset, line)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1
COMMENT 'Every line of the events log, 90 days. A line loaded twice is one row: read with FINAL';

CREATE TABLE IF NOT EXISTS dead_letters
(
    dead_letter_id String COMMENT 'Id derived from where the line stands' CODEC(ZSTD(1)),
    reason String COMMENT 'Why the line could not be read or decided',
    at DateTime64(3, 'UTC') COMMENT 'When the line was written or set aside',
    head String COMMENT 'Its first 512 bytes, e-mail addresses masked' CODEC(ZSTD(1)),
    topic LowCardinality(String) COMMENT 'Kafka topic of the line',
    partition UInt16 COMMENT 'Kafka partition of the line',
    offset UInt64 COMMENT 'Kafka offset of the record',
    line UInt16 COMMENT 'Line within the record, from 0'
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, partition, offset, line, dead_letter_id)
TTL toDateTime(at) + INTERVAL 14 DAY
COMMENT 'Lines that could not be read or decided, 14 days. Read with FINAL';

CREATE TABLE IF NOT EXISTS pipeline_progress
(
    stage LowCardinality(String) COMMENT 'Whose log was loaded: conversions',
    partition UInt16 COMMENT 'Partition of candidates that the mark speaks for',
    watermark DateTime64(3, 'UTC') COMMENT 'All that was received before this instant is decided, and its rows were loaded before this row',
    offset UInt64 COMMENT 'Kafka offset of the record that carried the mark'
)
ENGINE = ReplacingMergeTree(watermark)
ORDER BY (stage, partition)
COMMENT 'How far the conversions are complete, per partition. Read with FINAL';
