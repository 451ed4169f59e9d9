-- What each webhook lets in. Null: no limit of this kind.
alter table incoming_webhook
  add column allowed_addresses text[],
  add column rate_limit_per_minute integer check (rate_limit_per_minute > 0),
  add column allowed_fields text[],
  add column accepts_get boolean not null default true,
  -- The secrets themselves, since a signature is computed with them; the previous one is valid until it expires.
  add column signing_secret text,
  add column previous_signing_secret text,
  add column previous_secret_expires_at timestamptz;
