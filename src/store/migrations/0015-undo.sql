-- Undo: a postback that takes back what another one changed. A correction does so and applies an update of its own.
alter table incoming_webhook
  add column same_transaction text not null default 'refuse' check (same_transaction in ('refuse', 'correct'));
alter table postback
  add column undo_of uuid,
  add column changed_since json, -- the fields that an undo left unchanged, and who set them
  add column correction integer not null default 0, -- how many postbacks of its transaction id it comes after
  add column batch_id uuid; -- of the batch or import that it was in

-- A postback is undone once.
create unique index postback_undo on postback (account_id, undo_of)
  where undo_of is not null and first_status <> 'rejected' and not is_dry_run;
create index postback_of_batch on postback (account_id, batch_id, postback_id) where batch_id is not null;

-- A transaction id is used once, and once more for each correction.
drop index postback_transaction;
create unique index postback_transaction on postback (account_id, transaction_id, webhook_id, correction)
  where transaction_id is not null and first_status <> 'rejected' and not is_dry_run;
