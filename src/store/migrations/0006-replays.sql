-- A refused postback that an operator sent through again is a postback of its own, which names the refused one.
alter table postback
  add column replay_of uuid,
  add column first_received_at timestamptz; -- of the refused one: match window and conversion time count from it
create index postback_replays on postback (account_id, replay_of, postback_id) where replay_of is not null;
