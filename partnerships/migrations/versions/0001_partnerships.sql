CREATE TABLE partnerships.accounts (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id)
);

CREATE TABLE partnerships.installation (
    single BOOLEAN NOT NULL,
    fee_rate_bps INTEGER NOT NULL,
    hold_days INTEGER NOT NULL,
    transfer_minimum TEXT NOT NULL,
    CONSTRAINT installation_pkey PRIMARY KEY (single),
    CONSTRAINT installation_one_row CHECK (single)
);

CREATE TABLE partnerships.numbering (
    single BOOLEAN NOT NULL,
    last_sequence BIGINT NOT NULL,
    CONSTRAINT numbering_pkey PRIMARY KEY (single),
    CONSTRAINT numbering_one_row CHECK (single)
);

CREATE TABLE partnerships.outbox (
    sequence BIGINT NOT NULL,
    key BYTEA NOT NULL,
    value BYTEA NOT NULL,
    from_publication BOOLEAN NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE,
    published_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT outbox_pkey PRIMARY KEY (sequence),
    CONSTRAINT outbox_key_key UNIQUE (key),
    CONSTRAINT outbox_frozen_first CHECK (published_at IS NULL OR frozen_at IS NOT NULL)
);
CREATE INDEX outbox_waiting ON partnerships.outbox (sequence) WHERE published_at IS NULL;

CREATE TABLE partnerships.exclusions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    network TEXT NOT NULL,
    from_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL,
    sealed_range TEXT,
    CONSTRAINT exclusions_pkey PRIMARY KEY (id),
    CONSTRAINT exclusions_range_not_empty CHECK (from_ms < until_ms),
    CONSTRAINT exclusions_account_id_fkey FOREIGN KEY(account_id) REFERENCES partnerships.accounts (id)
);
CREATE INDEX exclusions_account_id ON partnerships.exclusions (account_id);

CREATE TABLE partnerships.profiles (
    account_id TEXT NOT NULL,
    legal_name TEXT NOT NULL,
    country TEXT,
    card TEXT,
    transfers BOOLEAN NOT NULL,
    CONSTRAINT profiles_pkey PRIMARY KEY (account_id),
    CONSTRAINT profiles_account_id_fkey FOREIGN KEY(account_id) REFERENCES partnerships.accounts (id)
);

CREATE TABLE partnerships.server_keys (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    revoked BOOLEAN NOT NULL,
    CONSTRAINT server_keys_pkey PRIMARY KEY (id),
    CONSTRAINT server_keys_secret_sha256_key UNIQUE (secret_sha256),
    CONSTRAINT server_keys_account_id_fkey FOREIGN KEY(account_id) REFERENCES partnerships.accounts (id)
);

CREATE TABLE partnerships.sites (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    advertiser_id TEXT NOT NULL,
    key TEXT NOT NULL,
    hosts TEXT[] NOT NULL,
    landing_url TEXT NOT NULL,
    verified_from_ms BIGINT,
    CONSTRAINT sites_pkey PRIMARY KEY (id),
    CONSTRAINT sites_key_key UNIQUE (key),
    CONSTRAINT sites_advertiser_id_fkey FOREIGN KEY(advertiser_id) REFERENCES partnerships.accounts (id)
);

CREATE TABLE partnerships.users (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    account_id TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_account_id_key UNIQUE (account_id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_account_id_fkey FOREIGN KEY(account_id) REFERENCES partnerships.accounts (id)
);

CREATE TABLE partnerships.campaigns (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    partner_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    parameter TEXT NOT NULL,
    value TEXT NOT NULL,
    effective_from_ms BIGINT NOT NULL,
    CONSTRAINT campaigns_pkey PRIMARY KEY (id),
    CONSTRAINT campaigns_site_id_parameter_value_key UNIQUE (site_id, parameter, value),
    CONSTRAINT campaigns_partner_id_fkey FOREIGN KEY(partner_id) REFERENCES partnerships.accounts (id),
    CONSTRAINT campaigns_site_id_fkey FOREIGN KEY(site_id) REFERENCES partnerships.sites (id)
);

CREATE TABLE partnerships.links (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    partner_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    landing_url TEXT NOT NULL,
    CONSTRAINT links_pkey PRIMARY KEY (id),
    CONSTRAINT links_partner_id_site_id_key UNIQUE (partner_id, site_id),
    CONSTRAINT links_partner_id_fkey FOREIGN KEY(partner_id) REFERENCES partnerships.accounts (id),
    CONSTRAINT links_site_id_fkey FOREIGN KEY(site_id) REFERENCES partnerships.sites (id)
);

CREATE TABLE partnerships.objectives (
    id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    CONSTRAINT objectives_pkey PRIMARY KEY (id),
    CONSTRAINT objectives_site_id_fkey FOREIGN KEY(site_id) REFERENCES partnerships.sites (id)
);

CREATE TABLE partnerships.referrers (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    partner_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    host TEXT NOT NULL,
    effective_from_ms BIGINT NOT NULL,
    CONSTRAINT referrers_pkey PRIMARY KEY (id),
    CONSTRAINT referrers_site_id_host_key UNIQUE (site_id, host),
    CONSTRAINT referrers_partner_id_fkey FOREIGN KEY(partner_id) REFERENCES partnerships.accounts (id),
    CONSTRAINT referrers_site_id_fkey FOREIGN KEY(site_id) REFERENCES partnerships.sites (id)
);

CREATE TABLE partnerships.agreements (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    advertiser_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    objective_id TEXT NOT NULL,
    CONSTRAINT agreements_pkey PRIMARY KEY (id),
    CONSTRAINT agreements_two_sides CHECK (advertiser_id <> partner_id),
    CONSTRAINT agreements_advertiser_id_fkey FOREIGN KEY(advertiser_id) REFERENCES partnerships.accounts (id),
    CONSTRAINT agreements_partner_id_fkey FOREIGN KEY(partner_id) REFERENCES partnerships.accounts (id),
    CONSTRAINT agreements_site_id_fkey FOREIGN KEY(site_id) REFERENCES partnerships.sites (id),
    CONSTRAINT agreements_objective_id_fkey FOREIGN KEY(objective_id) REFERENCES partnerships.objectives (id)
);
CREATE INDEX agreements_advertiser_id ON partnerships.agreements (advertiser_id);
CREATE INDEX agreements_partner_id ON partnerships.agreements (partner_id);

CREATE TABLE partnerships.objective_versions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    site_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    count TEXT NOT NULL,
    credit TEXT NOT NULL,
    page TEXT,
    event TEXT,
    server BOOLEAN NOT NULL,
    effective_from_ms BIGINT NOT NULL,
    CONSTRAINT objective_versions_pkey PRIMARY KEY (id, version),
    CONSTRAINT objective_versions_id_fkey FOREIGN KEY(id) REFERENCES partnerships.objectives (id)
);

CREATE TABLE partnerships.budgets (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    budget_minor BIGINT NOT NULL,
    CONSTRAINT budgets_pkey PRIMARY KEY (id, version),
    CONSTRAINT budgets_budget_not_negative CHECK (budget_minor >= 0),
    CONSTRAINT budgets_id_fkey FOREIGN KEY(id) REFERENCES partnerships.agreements (id)
);

CREATE TABLE partnerships.proposals (
    agreement_id TEXT NOT NULL,
    price_minor BIGINT NOT NULL,
    payer_share_bps INTEGER NOT NULL,
    window_days INTEGER NOT NULL,
    budget_minor BIGINT NOT NULL,
    CONSTRAINT proposals_pkey PRIMARY KEY (agreement_id),
    CONSTRAINT proposals_agreement_id_fkey FOREIGN KEY(agreement_id) REFERENCES partnerships.agreements (id)
);

CREATE TABLE partnerships.standings (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    effective_from_ms BIGINT NOT NULL,
    CONSTRAINT standings_pkey PRIMARY KEY (id, version),
    CONSTRAINT standings_status_known CHECK (status IN ('waiting', 'active', 'paused', 'ended')),
    CONSTRAINT standings_id_fkey FOREIGN KEY(id) REFERENCES partnerships.agreements (id)
);

CREATE TABLE partnerships.terms (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from_ms BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    fee_rate_bps INTEGER NOT NULL,
    payer_share_bps INTEGER NOT NULL,
    window_days INTEGER NOT NULL,
    hold_days INTEGER NOT NULL,
    transfer_minimum_minor BIGINT NOT NULL,
    CONSTRAINT terms_pkey PRIMARY KEY (id, version),
    CONSTRAINT terms_price_positive CHECK (price_minor > 0),
    CONSTRAINT terms_id_fkey FOREIGN KEY(id) REFERENCES partnerships.agreements (id)
);

INSERT INTO partnerships.numbering (single, last_sequence) VALUES (true, 0);
