-- Postbacks that come before their call wait in the log. The window and the rule that decide which call they are for
-- are those of the receipt: later changes of the webhook do not move them.
alter table incoming_webhook drop constraint incoming_webhook_type_check;
alter table incoming_webhook
  add constraint incoming_webhook_type_check
    check (type in ('update_fields', 'update_revenue', 'update_tags', 'calls', 'call_data')),
  add column unmatched text not null default 'refuse' check (unmatched in ('refuse', 'wait')),
  add column wait_hours integer not null default 72 check (wait_hours between 1 and 2160);

alter table postback drop constraint postback_status_check;
alter table postback
  add constraint postback_status_check
    check (status in ('queued', 'applied', 'unchanged', 'rejected', 'kept', 'waiting', 'expired')),
  add column expires_at timestamptz, -- when it stops waiting, as its sender was told
  add column waits_until timestamptz, -- the same, or later where a call that started in time may be reported late
  add column match_from timestamptz, -- of what waits by number: when its call may have started
  add column match_to timestamptz,
  add column match_rule text;

-- A new call looks here for what waits for it; both are empty where nothing waits.
create index postback_waiting_for_call on postback (account_id, call_log_id, postback_id)
  where status = 'waiting' and not is_dry_run;
create index postback_waiting_for_number on postback (account_id, phone_number, postback_id)
  where status = 'waiting' and not is_dry_run;
create index postback_waiting_until on postback (account_id, waits_until)
  where status = 'waiting' and not is_dry_run;
