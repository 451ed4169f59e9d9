-- Repeats of the same rejected request count on the row of the first one.
alter table postback
  add column times_received integer not null default 1,
  add column last_received_at timestamptz;
