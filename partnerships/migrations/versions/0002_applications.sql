CREATE TABLE partnerships.applications (
    application_id BIGINT GENERATED ALWAYS AS IDENTITY,
    applied_at_ms BIGINT NOT NULL,
    file_sha256 TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    changes JSONB NOT NULL,
    CONSTRAINT applications_pkey PRIMARY KEY (application_id)
);

CREATE FUNCTION partnerships.refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''what was applied is never changed or deleted''; END';

CREATE TRIGGER applications_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE
ON partnerships.applications EXECUTE FUNCTION partnerships.refuse_to_forget();
