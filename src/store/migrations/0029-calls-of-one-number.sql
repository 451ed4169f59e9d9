-- A call that arrives late may be the one that a postback would have matched by its number, had it been there at the receipt.
-- Postbacks of webhooks with `unmatched: wait` are looked for along this index, until their waiting time is over.
alter table postback add column moves integer not null default 0; -- how often it went to another call
alter table call_event -- of an event that takes back what a postback did that went to another call:
  add column moved_postback uuid,
  add column moved_changes json, -- what it had done, and when: the changes after it begin where it ended
  add column moved_at timestamptz;

create index postback_matched_by_number on postback (account_id, phone_number, waits_until)
  where match_rule is not null and status in ('applied', 'unchanged', 'queued') and not is_dry_run;
