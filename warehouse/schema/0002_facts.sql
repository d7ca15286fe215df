-- What the streams decided, one row a fact. A key holds only what never changes in a fact, and all
-- versions of a row fall into one partition: so a session's day, which may move, is in neither.

CREATE TABLE IF NOT EXISTS sessions
(
    session_id String COMMENT 'Session id, 32 hex digits' CODEC(ZSTD(1)),
    site_id LowCardinality(String) COMMENT 'Id of the site',
    advertiser_id LowCardinality(String) COMMENT 'Account that owns the site',
    visitor String COMMENT 'Visitor key, a keyed hash; not granted to analysts' CODEC(ZSTD(1)),
    day Date COMMENT 'Day of its start in the advertiser''s zone; an earlier event that arrives late may move it',
    started_at DateTime64(3, 'UTC') COMMENT 'Its earliest event',
    ended_at DateTime64(3, 'UTC') COMMENT 'Its latest event so far',
    pages UInt32 COMMENT 'Page views so far',
    events UInt32 COMMENT 'Other events of the tag so far',
    entry_path String COMMENT 'Path of its first page' CODEC(ZSTD(1)),
    referrer_host LowCardinality(String) COMMENT 'Referrer of its first page, empty without one',
    cookieless Bool COMMENT 'Of a visitor whose key ends at midnight',
    version UInt64 COMMENT 'The row with the greatest version holds'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (advertiser_id, session_id)
COMMENT 'Sessions of visitors; a growing session is written again with a greater version. Read with FINAL';

CREATE TABLE IF NOT EXISTS touches
(
    touch_id String COMMENT 'Touch id, 32 hex digits' CODEC(ZSTD(1)),
    event_id String COMMENT 'Event that made it' CODEC(ZSTD(1)),
    site_id LowCardinality(String) COMMENT 'Id of the site',
    advertiser_id LowCardinality(String) COMMENT 'Account that owns the site',
    partner_id LowCardinality(String) COMMENT 'Partner it is credited to',
    visitor String COMMENT 'Visitor key, a keyed hash; not granted to analysts' CODEC(ZSTD(1)),
    session_id String COMMENT 'Its session, empty where it made none (bots, previews)' CODEC(ZSTD(1)),
    day Date COMMENT 'Its day in the advertiser''s zone',
    month LowCardinality(String) COMMENT 'Its month in the advertiser''s zone, YYYY-MM',
    at DateTime64(3, 'UTC') COMMENT 'Event time' CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When the collector received its event' CODEC(Delta, ZSTD(1)),
    form LowCardinality(String) COMMENT 'How the partner was known: token, code, campaign or referrer',
    link LowCardinality(String) COMMENT 'Code of the link, empty without one',
    nonce String COMMENT 'The click token''s nonce, empty without one' CODEC(ZSTD(1)),
    path String COMMENT 'Path of the page' CODEC(ZSTD(1)),
    verdict LowCardinality(String) COMMENT 'browser, bot, preview or prefetch; a click on our pages is a touch that is neither bot nor preview',
    refusal LowCardinality(String) COMMENT 'Why it can earn nothing, empty when it can',
    s1 String COMMENT 'Sub-id s1 of the partner',
    s2 String COMMENT 'Sub-id s2 of the partner',
    s3 String COMMENT 'Sub-id s3 of the partner',
    s4 String COMMENT 'Sub-id s4 of the partner',
    s5 String COMMENT 'Sub-id s5 of the partner',
    topic LowCardinality(String) COMMENT 'Kafka topic of its event',
    partition UInt16 COMMENT 'Kafka partition of its event',
    offset UInt64 COMMENT 'Kafka offset of its event''s record',
    line UInt16 COMMENT 'Line of its event within the record, from 0',
    INDEX by_touch touch_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_partner partner_id TYPE set(100) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (advertiser_id, day, partner_id, touch_id)
COMMENT 'Arrivals credited to a partner of the site, refused ones included. Read with FINAL';

CREATE TABLE IF NOT EXISTS conversions
(
    conversion_id String COMMENT 'Conversion id, 32 hex digits: the row, the same from candidate to statement' CODEC(ZSTD(1)),
    once_key String COMMENT 'Keyed hash of what is paid once: order, visitor, session or day' CODEC(ZSTD(1)),
    click_key String COMMENT 'For click objectives the key of the click''s nonce, else empty' CODEC(ZSTD(1)),
    event_id String COMMENT 'Event that matched the objective' CODEC(ZSTD(1)),
    agreement_id LowCardinality(String) COMMENT 'Agreement it is counted under',
    advertiser_id LowCardinality(String) COMMENT 'Account that pays',
    partner_id LowCardinality(String) COMMENT 'Account that earns',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    objective_id LowCardinality(String) COMMENT 'Objective that matched',
    objective_type LowCardinality(String) COMMENT 'click, lead, appointment or sale',
    count LowCardinality(String) COMMENT 'Paid once per: order, visitor, session or day',
    visitor String COMMENT 'Visitor key, a keyed hash; not granted to analysts' CODEC(ZSTD(1)),
    session_id String COMMENT 'Its session, empty without one' CODEC(ZSTD(1)),
    `order` String COMMENT 'Order id, empty without one' CODEC(ZSTD(1)),
    value_minor Nullable(Int64) COMMENT 'Value the site reported, in minor units of value_currency',
    value_currency LowCardinality(String) COMMENT 'Currency of value_minor',
    day Date COMMENT 'Day of the event in zone',
    month LowCardinality(String) COMMENT 'Month of the event in zone, YYYY-MM: with agreement_id the purse',
    hour DateTime('UTC') COMMENT 'Start of the hour of the event in zone, as an instant',
    zone LowCardinality(String) COMMENT 'The advertiser''s time zone (IANA name)',
    at DateTime64(3, 'UTC') COMMENT 'Event time' CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') COMMENT 'When the collector received the event' CODEC(Delta, ZSTD(1)),
    pin UInt64 COMMENT 'Catalog pin it was judged by',
    refusal LowCardinality(String) COMMENT 'Reason found before the budget was asked, else empty; disposition decides',
    disposition LowCardinality(String) COMMENT 'billable, or the reason why it is not paid',
    terms_version UInt32 COMMENT 'Version of the terms it was judged by',
    price_minor Int64 COMMENT 'Price of one conversion, minor units of currency',
    currency LowCardinality(String) COMMENT 'Currency of the price and the budget',
    fee_rate_bps UInt32 COMMENT 'Platform fee in basis points of the gross',
    payer_share_bps UInt32 COMMENT 'The advertiser''s share of the fee in basis points: 0, 5000 or 10000',
    hold_days UInt32 COMMENT 'Days the terms hold it: reversals until then, transfers after',
    candidate_budget_version UInt32 COMMENT 'Budget version at the pin',
    candidate_budget_minor Int64 COMMENT 'Budget at the pin, minor units',
    budget_version UInt32 COMMENT 'Budget version it was decided by: the highest seen',
    budget_minor Int64 COMMENT 'Budget of the month it was decided by, minor units, fees included',
    before_minor Int64 COMMENT 'What the purse had used before it',
    after_minor Int64 COMMENT 'What the purse had used after it',
    sequence UInt64 COMMENT 'Its place among all decisions of the purse, from 1 without gaps',
    first_id String COMMENT 'Of a duplicate: the conversion that counted' CODEC(ZSTD(1)),
    touch_id String COMMENT 'Touch it is credited to' CODEC(ZSTD(1)),
    touch_at DateTime64(3, 'UTC') COMMENT 'When that touch happened',
    touch_form LowCardinality(String) COMMENT 'token, code, campaign or referrer',
    touch_path String COMMENT 'Path of the page of the touch' CODEC(ZSTD(1)),
    touch_topic LowCardinality(String) COMMENT 'Kafka topic of the touch''s event',
    touch_partition UInt16 COMMENT 'Kafka partition of the touch''s event',
    touch_offset UInt64 COMMENT 'Kafka offset of the touch''s event',
    touch_line UInt16 COMMENT 'Line of the touch''s event within the record',
    event_path String COMMENT 'Path of the event' CODEC(ZSTD(1)),
    verdict LowCardinality(String) COMMENT 'What the event''s agent was taken for',
    imported Bool COMMENT 'Its event was sent with an import key',
    s1 String COMMENT 'Sub-id s1 of the touch',
    s2 String COMMENT 'Sub-id s2 of the touch',
    s3 String COMMENT 'Sub-id s3 of the touch',
    s4 String COMMENT 'Sub-id s4 of the touch',
    s5 String COMMENT 'Sub-id s5 of the touch',
    topic LowCardinality(String) COMMENT 'Kafka topic of the event',
    partition UInt16 COMMENT 'Kafka partition of the event',
    offset UInt64 COMMENT 'Kafka offset of the event''s record',
    line UInt16 COMMENT 'Line of the event within the record, from 0',
    candidate_topic LowCardinality(String) COMMENT 'Kafka topic of the candidate',
    candidate_partition UInt16 COMMENT 'Kafka partition of the candidate',
    candidate_offset UInt64 COMMENT 'Kafka offset of the candidate''s record',
    candidate_line UInt16 COMMENT 'Line of the candidate within the record, from 0',
    version UInt64 DEFAULT 1 COMMENT 'Always 1: repeats of a conversion are identical',
    INDEX by_conversion conversion_id TYPE bloom_filter GRANULARITY 1,
    INDEX by_partner partner_id TYPE set(100) GRANULARITY 1,
    INDEX by_agreement agreement_id TYPE set(100) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (advertiser_id, day, agreement_id, conversion_id)
COMMENT 'Every decided candidate, refused ones included: tracked = billable + refusals. Read with FINAL';

CREATE TABLE IF NOT EXISTS reversals
(
    reversal_id String COMMENT 'Reversal id, 32 hex digits' CODEC(ZSTD(1)),
    conversion_id String COMMENT 'Conversion it takes back' CODEC(ZSTD(1)),
    agreement_id LowCardinality(String) COMMENT 'Agreement of the conversion',
    advertiser_id LowCardinality(String) COMMENT 'Account that had to pay',
    partner_id LowCardinality(String) COMMENT 'Account that had earned',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    day Date COMMENT 'Day of the conversion in zone',
    month LowCardinality(String) COMMENT 'Month of the conversion, YYYY-MM: its purse gets the room back',
    zone LowCardinality(String) COMMENT 'The advertiser''s time zone (IANA name)',
    received_at DateTime64(3, 'UTC') COMMENT 'When the collector received the reversal',
    origin LowCardinality(String) COMMENT 'Who asked: advertiser, rejudgement or finance',
    reason String COMMENT 'Why, in the words of who asked',
    refusal LowCardinality(String) COMMENT 'Why it changes nothing, empty when it works',
    price_minor Int64 COMMENT 'Gross taken back, minor units of currency',
    currency LowCardinality(String) COMMENT 'Currency of the price',
    fee_rate_bps UInt32 COMMENT 'Platform fee of the conversion''s terms, basis points',
    payer_share_bps UInt32 COMMENT 'The advertiser''s share of that fee, basis points',
    sequence UInt64 COMMENT 'Its place among all decisions of the purse',
    before_minor Int64 COMMENT 'What the purse had used before it',
    after_minor Int64 COMMENT 'What the purse had used after it',
    topic LowCardinality(String) COMMENT 'Kafka topic of the reversal''s event',
    partition UInt16 COMMENT 'Kafka partition of the reversal''s event',
    offset UInt64 COMMENT 'Kafka offset of the reversal''s record',
    line UInt16 COMMENT 'Line within the record, from 0',
    version UInt64 DEFAULT 1 COMMENT 'Always 1: repeats of a reversal are identical'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (advertiser_id, day, agreement_id, reversal_id)
COMMENT 'Conversions taken back, refused reversals included; the conversion''s own row stays as it is. Read with FINAL';
