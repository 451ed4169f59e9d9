-- What a webhook's postbacks do to values that a call already has. Null: they overwrite them.
alter table incoming_webhook add column repeats json;
alter table postback
  add column repeats json, -- the webhook's policies at receipt: a queued update is applied by them
  add column kept json; -- the fields that kept their value
