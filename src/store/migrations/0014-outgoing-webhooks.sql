-- When a row was written last, by the clock of the database. Ids tell the time of receipt by the clock of a server;
-- the two differ where a postback waited, or where clocks do. Null: written before this migration.
-- First without a default, so that no table is rewritten.
alter table postback add column written_at timestamptz;
alter table postback alter column written_at set default clock_timestamp();
alter table call_event add column written_at timestamptz;
alter table call_event alter column written_at set default clock_timestamp();
-- Only rows that are not found by their ids: a postback that is applied at once has no entry.
create index postback_displaced on postback (account_id, written_at)
  where written_at - received_at > interval '2 seconds' or written_at - received_at < interval '-2 seconds';
create index call_event_displaced on call_event (account_id, written_at)
  where written_at - at > interval '2 seconds' or written_at - at < interval '-2 seconds';

create table outgoing_webhook (
  account_id uuid not null references account,
  webhook_id uuid not null,
  name text not null,
  url text not null,
  method text not null check (method in ('GET', 'POST', 'PUT', 'PATCH')),
  events text[] not null,
  filter json not null,
  format text not null check (format in ('event', 'template')),
  headers json not null,
  body text,
  empty text not null check (empty in ('send', 'omit', 'skip')),
  "order" text not null check ("order" in ('per_call', 'newest')),
  max_per_minute integer check (max_per_minute > 0),
  preset text,
  -- Signatures are computed with it. The previous one is used beside it until it expires.
  secret text not null,
  previous_secret text,
  previous_secret_expires_at timestamptz,
  is_paused boolean not null default false,
  paused_reason text check (paused_reason in ('by_hand', 'gone', 'failing')),
  paused_at timestamptz,
  failing_since timestamptz, -- the first failure after the last success
  next_send_at timestamptz, -- with max_per_minute: when the next delivery may start
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (account_id, webhook_id)
);

-- Up to where the timeline of an account has been turned into deliveries: what `snapshot` saw is done.
-- Where rows committed later begin: no transaction that `snapshot` did not see began to write before `safe_at`.
-- `mark_at` takes the place of `safe_at` once every transaction before `mark_xid` has ended.
create table outgoing_cursor (
  account_id uuid primary key,
  snapshot text not null,
  safe_at timestamptz not null,
  mark_at timestamptz not null,
  mark_xid bigint not null,
  attention json not null default '{}', -- what needs attention, as it was told last
  attention_at timestamptz
);

create table delivery (
  account_id uuid not null,
  delivery_id uuid not null, -- uuid v7: in the order in which events were found
  webhook_id uuid not null,
  event_id text collate "C" not null,
  event_type text not null,
  call_log_id text collate "C",
  sequence integer, -- of the event among those of its call and webhook
  event json not null, -- what is sent, or what the template is filled with
  status text not null check (status in ('pending', 'delivered', 'failed', 'skipped', 'superseded', 'discarded')),
  attempts jsonb not null default '[]',
  attempt_count integer not null default 0, -- since it became pending
  next_attempt_at timestamptz, -- of a pending one; while it is being sent: when its lease ends
  lease_id uuid, -- who is sending it
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (account_id, delivery_id)
);
-- An event is stored once for each webhook, however often the timeline is read.
create unique index delivery_of_event on delivery (account_id, webhook_id, event_id);
create index delivery_due on delivery (account_id, webhook_id, next_attempt_at) where status = 'pending';
create index delivery_of_call on delivery (account_id, webhook_id, call_log_id, sequence) where call_log_id is not null;
create index delivery_on_timeline on delivery (account_id, call_log_id, delivery_id) where call_log_id is not null;
create index delivery_of_webhook on delivery (account_id, webhook_id, delivery_id);
create index delivery_by_type on delivery (account_id, event_type, delivery_id);
create index delivery_by_status on delivery (account_id, status, delivery_id) where status <> 'delivered';
