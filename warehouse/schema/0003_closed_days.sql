-- What the daily close wrote: exact rows that never change.

CREATE TABLE IF NOT EXISTS daily_closed
(
    advertiser_id LowCardinality(String) COMMENT 'Account that pays',
    partner_id LowCardinality(String) COMMENT 'Account that earns',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    agreement_id LowCardinality(String) COMMENT 'Agreement it is counted under',
    objective_id LowCardinality(String) COMMENT 'Objective that matched',
    objective_type LowCardinality(String) COMMENT 'click, lead, appointment or sale',
    closed_day Date COMMENT 'Day of the close that billed these results, in the advertiser''s zone',
    day Date COMMENT 'Day of the results themselves; earlier than closed_day for late ones',
    month LowCardinality(String) COMMENT 'Month of the results, YYYY-MM',
    currency LowCardinality(String) COMMENT 'Currency of all amounts',
    fee_rate_bps UInt32 COMMENT 'Platform fee of the fee group, basis points',
    payer_share_bps UInt32 COMMENT 'The advertiser''s share of that fee, basis points',
    tracked UInt64 COMMENT 'All decided conversions: billable and every refusal',
    billable UInt64 COMMENT 'Those that are paid',
    test UInt64 COMMENT 'Refused: marked as a test',
    too_old UInt64 COMMENT 'Refused: older than 72 hours when received',
    wrong_host UInt64 COMMENT 'Refused: on a host that is not the site''s',
    bot UInt64 COMMENT 'Refused: by a program',
    preview UInt64 COMMENT 'Refused: by an app drawing a preview',
    consent_denied UInt64 COMMENT 'Refused: by a visitor who did not agree to be measured',
    advertiser_own UInt64 COMMENT 'Refused: from one of the advertiser''s own networks',
    self_click UInt64 COMMENT 'Refused: from the partner''s own network or browser',
    no_order UInt64 COMMENT 'Refused: without the order number it is counted by',
    not_active UInt64 COMMENT 'Refused: while the agreement was not active',
    outside_window UInt64 COMMENT 'Refused: later after the touch than the terms pay for',
    duplicate UInt64 COMMENT 'Refused: counted already',
    over_budget UInt64 COMMENT 'Refused: not fitting into the month''s budget',
    reversed UInt64 COMMENT 'Conversions taken back, billed by this close',
    gross_minor Int64 COMMENT 'Sum of prices less reversals, minor units',
    fee_minor Int64 COMMENT 'Platform fee that this line adds to the month',
    partner_fee_minor Int64 COMMENT 'The partner''s part of it',
    payer_fee_minor Int64 COMMENT 'The advertiser''s part of it',
    debit_minor Int64 COMMENT 'What the advertiser pays: gross and the payer''s part of the fee',
    credit_minor Int64 COMMENT 'What the partner gets: gross less the partner''s part of the fee',
    version UInt64 DEFAULT 1 COMMENT 'Always 1: a close written again writes the same'
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(closed_day)
ORDER BY (advertiser_id, closed_day, agreement_id, day, fee_rate_bps, payer_share_bps)
COMMENT 'One row per close, agreement, day of the results and fee group. Read with FINAL';
