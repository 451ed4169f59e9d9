-- account_id leads every key and index, so that tables can be distributed by it. The two tables that are
-- searched before an account is known (api_token, auth_key) hold hashes only and are small.

create table account (
  account_id uuid primary key,
  name text not null,
  time_zone text not null default 'UTC',
  default_country text not null default 'US',
  twilio_auth_token text,
  revision integer not null default 1, -- goes up with every change; see incoming_webhook.revision
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table api_token (
  token_hash bytea primary key, -- sha256
  account_id uuid not null references account,
  name text not null,
  created_at timestamptz not null
);

create table incoming_webhook (
  account_id uuid not null references account,
  webhook_id uuid not null,
  name text not null,
  type text not null check (type in ('update_fields', 'update_revenue', 'update_tags')),
  match_window_hours integer not null check (match_window_hours between 1 and 2160),
  match_rule text not null check (match_rule in ('latest', 'first', 'longest', 'only')),
  is_paused boolean not null default false,
  -- Goes up with every change, key rotation included. A batch compares it with what the request was read with,
  -- so no process ever acts on settings that it remembers from before a change.
  revision integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz, -- deleted webhooks stay: the postback log shows their names
  primary key (account_id, webhook_id)
);

create table auth_key (
  key_hash bytea primary key, -- sha256
  account_id uuid not null,
  webhook_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz, -- set when a newer key replaced this one
  foreign key (account_id, webhook_id) references incoming_webhook
);
create index auth_key_of_webhook on auth_key (account_id, webhook_id);

create table call (
  account_id uuid not null,
  call_log_id text collate "C" not null,
  state text not null check (state in ('live', 'completed')),
  phone_number text collate "C",
  started_at timestamptz not null,
  answered_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer,
  end_status text,
  tracking_number text collate "C",
  campaign text,
  publisher text,
  buyer text,
  converted boolean not null,
  call_converted_at timestamptz,
  revenue_paid_out numeric(12, 4) check (revenue_paid_out >= 0),
  publisher_paid_out numeric(12, 4) check (publisher_paid_out >= 0),
  reason text,
  no_payout_reason text,
  tags jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, call_log_id)
) with (fillfactor = 80);

-- No index stands on converted, revenue_paid_out, publisher_paid_out or tags: with fillfactor 80 a postback's new row
-- version fits beside the old one and no index is touched. One index on converted alone cost the database 70 % more
-- CPU and 50 % more write-ahead log a postback (bench, 200,000 calls), because a flip adds an entry to every index of
-- the table. Lists that filter by converted or by a tag walk call_by_start. Holds change rarely and have an index.
create index call_by_start on call (account_id, started_at, call_log_id);
create index call_by_phone on call (account_id, phone_number, started_at, call_log_id);
create index call_by_tracking_number on call (account_id, tracking_number, started_at);
create index call_by_campaign on call (account_id, campaign, started_at, call_log_id);
create index call_by_publisher on call (account_id, publisher, started_at, call_log_id);
create index call_by_buyer on call (account_id, buyer, started_at, call_log_id);
create index call_live on call (account_id, started_at, call_log_id) where state = 'live';
create index call_held on call (account_id, started_at, call_log_id) where no_payout_reason is not null;

-- What happened to a call other than by postbacks.
create table call_event (
  account_id uuid not null,
  event_id uuid not null, -- uuid v7: in order of time
  call_log_id text collate "C" not null,
  at timestamptz not null,
  kind text not null check (kind in ('created', 'completed', 'changed')),
  by text not null,
  changes json not null,
  primary key (account_id, event_id)
);
create index call_event_of_call on call_event (account_id, call_log_id, event_id);

-- One row per request that came with a valid key, refused ones too, and per change by hand (webhook_id is null).
-- The json columns are json, not jsonb: they keep every digit that was sent, and are written once and read rarely.
-- NUL and broken Unicode, which no statement can read out of JSON, are U+FFFD in them. No foreign keys: a check per
-- row would cost a lookup for each postback, and what they point at is never deleted.
create table postback (
  account_id uuid not null,
  postback_id uuid not null, -- uuid v7, made at receipt: in order of receipt
  webhook_id uuid,
  changed_by text,
  received_at timestamptz not null,
  applied_at timestamptz,
  first_status text not null, -- as answered; a repeat is answered with it again
  status text not null check (status in ('queued', 'applied', 'unchanged', 'rejected')),
  code text,
  detail text,
  call_log_id text collate "C",
  phone_number text,
  matched_by text,
  candidates integer,
  transaction_id text,
  is_dry_run boolean not null,
  source_ip text not null,
  request json not null,
  update json not null,
  changes json,
  errors json,
  ignored json,
  primary key (account_id, postback_id)
);

create index postback_of_webhook on postback (account_id, webhook_id, postback_id);
create index postback_of_call on postback (account_id, call_log_id, postback_id);
-- Nearly all postbacks are applied: those are found along the primary key, the others by this.
create index postback_not_applied on postback (account_id, status, postback_id) where status <> 'applied';
create index postback_by_code on postback (account_id, code, postback_id) where code is not null;
create index postback_queued on postback (account_id, call_log_id, postback_id)
  where status = 'queued' and not is_dry_run;
-- A transaction id is remembered once per webhook; refusals and dry runs do not use it up.
create unique index postback_transaction on postback (account_id, transaction_id, webhook_id)
  where transaction_id is not null and first_status <> 'rejected' and not is_dry_run;
create index postback_forgotten_transaction on postback (account_id, transaction_id, postback_id)
  where transaction_id is not null and (first_status = 'rejected' or is_dry_run);
