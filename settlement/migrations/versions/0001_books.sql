-- The books: accounts and postings, closes, charges and transfers.

CREATE TABLE settlement.accounts (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (account_id)
);

CREATE TABLE settlement.attempts (
    subject_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    operation TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    detail TEXT NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (subject_id, number)
);

CREATE TABLE settlement.customers (
    advertiser_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    card TEXT NOT NULL,
    payment_method_id TEXT NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (advertiser_id),
    CONSTRAINT customers_customer_id_key UNIQUE (customer_id)
);

CREATE TABLE settlement.findings (
    finding_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    day DATE NOT NULL,
    subject_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT findings_pkey PRIMARY KEY (finding_id)
);
CREATE INDEX findings_advertiser_id ON settlement.findings (advertiser_id);

CREATE TABLE settlement.plans (
    plan_hash TEXT NOT NULL,
    body BYTEA NOT NULL,
    state TEXT NOT NULL,
    watermark TIMESTAMP WITH TIME ZONE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (plan_hash),
    CONSTRAINT plans_state_known CHECK (state IN ('made', 'begun', 'finished'))
);

CREATE TABLE settlement.purses (
    agreement_id TEXT NOT NULL,
    month TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    state JSONB NOT NULL,
    closed_day DATE NOT NULL,
    CONSTRAINT purses_pkey PRIMARY KEY (agreement_id, month)
);
CREATE INDEX purses_advertiser_id ON settlement.purses (advertiser_id);

CREATE TABLE settlement.snapshots (
    advertiser_id TEXT NOT NULL,
    day DATE NOT NULL,
    agreement_id TEXT NOT NULL,
    month TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (advertiser_id, day, agreement_id, month)
);

CREATE TABLE settlement.statements (
    statement_id TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    day DATE NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (statement_id),
    CONSTRAINT statements_advertiser_id_day_currency_key UNIQUE (advertiser_id, day, currency)
);

CREATE TABLE settlement.transfer_accounts (
    partner_id TEXT NOT NULL,
    stripe_account_id TEXT NOT NULL,
    CONSTRAINT transfer_accounts_pkey PRIMARY KEY (partner_id),
    CONSTRAINT transfer_accounts_stripe_account_id_key UNIQUE (stripe_account_id)
);

CREATE TABLE settlement.charges (
    charge_id TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    number INTEGER NOT NULL,
    amount_minor BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    request JSONB NOT NULL,
    intent_id TEXT,
    stripe_charge_id TEXT,
    prepared_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT charges_pkey PRIMARY KEY (charge_id),
    CONSTRAINT charges_advertiser_id_currency_number_key UNIQUE (advertiser_id, currency, number),
    CONSTRAINT charges_intent_id_key UNIQUE (intent_id),
    CONSTRAINT charges_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT charges_state_known CHECK (state IN ('prepared', 'created', 'processing', 'declined', 'succeeded', 'cancelled')),
    CONSTRAINT charges_plan_hash_fkey FOREIGN KEY(plan_hash) REFERENCES settlement.plans (plan_hash)
);
CREATE UNIQUE INDEX charges_one_open ON settlement.charges (advertiser_id, currency) WHERE state NOT IN ('succeeded', 'cancelled');

CREATE TABLE settlement.days (
    advertiser_id TEXT NOT NULL,
    day DATE NOT NULL,
    zone TEXT NOT NULL,
    state TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    watermark TIMESTAMP WITH TIME ZONE NOT NULL,
    stated_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT days_pkey PRIMARY KEY (advertiser_id, day),
    CONSTRAINT days_state_known CHECK (state IN ('snapshotted', 'accrued', 'stated')),
    CONSTRAINT days_plan_hash_fkey FOREIGN KEY(plan_hash) REFERENCES settlement.plans (plan_hash)
);

CREATE TABLE settlement.lines (
    line_id TEXT NOT NULL,
    statement_id TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    month TEXT NOT NULL,
    day DATE NOT NULL,
    own_day DATE NOT NULL,
    late BOOLEAN NOT NULL,
    rate_bps INTEGER NOT NULL,
    payer_share_bps INTEGER NOT NULL,
    currency TEXT NOT NULL,
    conversions BIGINT NOT NULL,
    gross_before_minor BIGINT NOT NULL,
    fee_before_minor BIGINT NOT NULL,
    partner_fee_before_minor BIGINT NOT NULL,
    payer_fee_before_minor BIGINT NOT NULL,
    gross_after_minor BIGINT NOT NULL,
    fee_after_minor BIGINT NOT NULL,
    partner_fee_after_minor BIGINT NOT NULL,
    payer_fee_after_minor BIGINT NOT NULL,
    budget_minor BIGINT NOT NULL,
    chargeable BOOLEAN NOT NULL,
    releases_at TIMESTAMP WITH TIME ZONE NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT lines_pkey PRIMARY KEY (line_id),
    CONSTRAINT lines_statement_id_fkey FOREIGN KEY(statement_id) REFERENCES settlement.statements (statement_id)
);
CREATE INDEX lines_agreement_id_month ON settlement.lines (agreement_id, month);
CREATE INDEX lines_partner_id ON settlement.lines (partner_id);
CREATE INDEX lines_statement_id ON settlement.lines (statement_id);

CREATE TABLE settlement.postings (
    posting_id TEXT NOT NULL,
    business_key TEXT NOT NULL,
    debit_id TEXT NOT NULL,
    credit_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    posted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT postings_pkey PRIMARY KEY (posting_id),
    CONSTRAINT postings_business_key_key UNIQUE (business_key),
    CONSTRAINT postings_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT postings_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT postings_debit_id_fkey FOREIGN KEY(debit_id) REFERENCES settlement.accounts (account_id),
    CONSTRAINT postings_credit_id_fkey FOREIGN KEY(credit_id) REFERENCES settlement.accounts (account_id)
);
CREATE INDEX postings_credit_id ON settlement.postings (credit_id);
CREATE INDEX postings_debit_id ON settlement.postings (debit_id);
CREATE INDEX postings_subject_id ON settlement.postings (subject_id);

CREATE TABLE settlement.tallies (
    statement_id TEXT NOT NULL,
    agreement_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    objective_id TEXT NOT NULL,
    objective_type TEXT NOT NULL,
    month TEXT NOT NULL,
    own_day DATE NOT NULL,
    rate_bps INTEGER NOT NULL,
    payer_share_bps INTEGER NOT NULL,
    disposition TEXT NOT NULL,
    conversions BIGINT NOT NULL,
    CONSTRAINT tallies_pkey PRIMARY KEY (statement_id, agreement_id, own_day, rate_bps, payer_share_bps, disposition),
    CONSTRAINT tallies_statement_id_fkey FOREIGN KEY(statement_id) REFERENCES settlement.statements (statement_id)
);

CREATE TABLE settlement.billed_conversions (
    conversion_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    CONSTRAINT billed_conversions_pkey PRIMARY KEY (conversion_id),
    CONSTRAINT billed_conversions_line_id_fkey FOREIGN KEY(line_id) REFERENCES settlement.lines (line_id)
);
CREATE INDEX billed_conversions_line_id ON settlement.billed_conversions (line_id);

CREATE TABLE settlement.charge_statements (
    charge_id TEXT NOT NULL,
    statement_id TEXT NOT NULL,
    released BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT charge_statements_pkey PRIMARY KEY (charge_id, statement_id),
    CONSTRAINT charge_statements_charge_id_fkey FOREIGN KEY(charge_id) REFERENCES settlement.charges (charge_id),
    CONSTRAINT charge_statements_statement_id_fkey FOREIGN KEY(statement_id) REFERENCES settlement.statements (statement_id)
);
CREATE UNIQUE INDEX charge_statements_one_charge ON settlement.charge_statements (statement_id) WHERE NOT released;

CREATE TABLE settlement.transfers (
    transfer_id TEXT NOT NULL,
    charge_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    releases_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    request JSONB,
    stripe_transfer_id TEXT,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT transfers_pkey PRIMARY KEY (transfer_id),
    CONSTRAINT transfers_charge_id_partner_id_key UNIQUE (charge_id, partner_id),
    CONSTRAINT transfers_stripe_transfer_id_key UNIQUE (stripe_transfer_id),
    CONSTRAINT transfers_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT transfers_state_known CHECK (state IN ('held', 'payable', 'sending', 'sent')),
    CONSTRAINT transfers_charge_id_fkey FOREIGN KEY(charge_id) REFERENCES settlement.charges (charge_id)
);
CREATE INDEX transfers_partner_id ON settlement.transfers (partner_id);
