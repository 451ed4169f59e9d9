-- The order in which a live call's updates were queued, given under the call's row lock. Ids tell the order of receipt
-- of one process only: clocks of several machines differ, and a clock may be set back between two starts.
create sequence postback_queue_position;
alter table postback add column queue_position bigint; -- null: not queued at first, or queued before this migration
