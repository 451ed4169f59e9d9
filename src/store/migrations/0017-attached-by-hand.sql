-- What people did with postbacks that found no call.
alter table postback
  add column attached_by text,
  add column dismissed_by text,
  add column dismissed_at timestamptz,
  add column dismiss_reason text;
