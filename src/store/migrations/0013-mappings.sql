-- How a webhook reads its sender: its own mapping on top of a preset, and how a request proves its sender. `json` keeps
-- the order of rows and words.
alter table incoming_webhook
  add column preset text,
  add column mapping json,
  add column verify json,
  add column secrets text[], -- beside the signing secret; all are valid at once
  add column on_unreadable text not null default 'refuse' check (on_unreadable in ('refuse', 'keep'));

-- When a kept request was last read again. Retention counts from then.
alter table postback add column replayed_at timestamptz;
create index postback_replayed on postback (account_id, replayed_at) where replayed_at is not null;
