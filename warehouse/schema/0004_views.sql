-- What analysts look at first: results by agreement and stamped day or hour, and why not.

CREATE VIEW IF NOT EXISTS performance_daily
(
    advertiser_id LowCardinality(String) COMMENT 'Account that pays',
    partner_id LowCardinality(String) COMMENT 'Account that earns',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    agreement_id LowCardinality(String) COMMENT 'Agreement it is counted under',
    objective_id LowCardinality(String) COMMENT 'Objective that matched',
    objective_type LowCardinality(String) COMMENT 'click, lead, appointment or sale',
    day Date COMMENT 'Day in the advertiser''s zone',
    month LowCardinality(String) COMMENT 'Month in the advertiser''s zone, YYYY-MM',
    currency LowCardinality(String) COMMENT 'Currency of gross_minor',
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
    gross_minor Int64 COMMENT 'Sum of the prices of the billable ones, minor units'
)
AS SELECT
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    month,
    currency,
    count() AS tracked,
    countIf(disposition = 'billable') AS billable,
    countIf(disposition = 'test') AS test,
    countIf(disposition = 'too_old') AS too_old,
    countIf(disposition = 'wrong_host') AS wrong_host,
    countIf(disposition = 'bot') AS bot,
    countIf(disposition = 'preview') AS preview,
    countIf(disposition = 'consent_denied') AS consent_denied,
    countIf(disposition = 'advertiser_own') AS advertiser_own,
    countIf(disposition = 'self_click') AS self_click,
    countIf(disposition = 'no_order') AS no_order,
    countIf(disposition = 'not_active') AS not_active,
    countIf(disposition = 'outside_window') AS outside_window,
    countIf(disposition = 'duplicate') AS duplicate,
    countIf(disposition = 'over_budget') AS over_budget,
    sumIf(price_minor, disposition = 'billable') AS gross_minor
FROM conversions FINAL
GROUP BY
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    month,
    currency
COMMENT 'Results per agreement and day; tracked = billable + the refusals beside it';

CREATE VIEW IF NOT EXISTS performance_hourly
(
    advertiser_id LowCardinality(String) COMMENT 'Account that pays',
    partner_id LowCardinality(String) COMMENT 'Account that earns',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    agreement_id LowCardinality(String) COMMENT 'Agreement it is counted under',
    objective_id LowCardinality(String) COMMENT 'Objective that matched',
    objective_type LowCardinality(String) COMMENT 'click, lead, appointment or sale',
    day Date COMMENT 'Day in the advertiser''s zone',
    hour DateTime('UTC') COMMENT 'Start of the hour in the advertiser''s zone, as an instant',
    currency LowCardinality(String) COMMENT 'Currency of gross_minor',
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
    gross_minor Int64 COMMENT 'Sum of the prices of the billable ones, minor units'
)
AS SELECT
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    hour,
    currency,
    count() AS tracked,
    countIf(disposition = 'billable') AS billable,
    countIf(disposition = 'test') AS test,
    countIf(disposition = 'too_old') AS too_old,
    countIf(disposition = 'wrong_host') AS wrong_host,
    countIf(disposition = 'bot') AS bot,
    countIf(disposition = 'preview') AS preview,
    countIf(disposition = 'consent_denied') AS consent_denied,
    countIf(disposition = 'advertiser_own') AS advertiser_own,
    countIf(disposition = 'self_click') AS self_click,
    countIf(disposition = 'no_order') AS no_order,
    countIf(disposition = 'not_active') AS not_active,
    countIf(disposition = 'outside_window') AS outside_window,
    countIf(disposition = 'duplicate') AS duplicate,
    countIf(disposition = 'over_budget') AS over_budget,
    sumIf(price_minor, disposition = 'billable') AS gross_minor
FROM conversions FINAL
GROUP BY
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    hour,
    currency
COMMENT 'Results per agreement and hour; tracked = billable + the refusals beside it';

CREATE VIEW IF NOT EXISTS refusals
(
    advertiser_id LowCardinality(String) COMMENT 'Account that pays',
    partner_id LowCardinality(String) COMMENT 'Account that earns',
    site_id LowCardinality(String) COMMENT 'Id of the site',
    agreement_id LowCardinality(String) COMMENT 'Agreement it is counted under',
    objective_id LowCardinality(String) COMMENT 'Objective that matched',
    objective_type LowCardinality(String) COMMENT 'click, lead, appointment or sale',
    day Date COMMENT 'Day in the advertiser''s zone',
    reason LowCardinality(String) COMMENT 'Why they are not paid',
    conversions UInt64 COMMENT 'How many'
)
AS SELECT
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    disposition AS reason,
    count() AS conversions
FROM conversions FINAL
WHERE disposition != 'billable'
GROUP BY
    advertiser_id,
    partner_id,
    site_id,
    agreement_id,
    objective_id,
    objective_type,
    day,
    disposition
COMMENT 'Refused conversions per agreement, day and reason';
