-- What phone systems report of a call. Null: not known yet, so that a later event may fill it.
alter table call
  add column caller_withheld boolean, -- answered as false where it is null
  add column direction text check (direction in ('inbound', 'outbound')), -- answered as inbound where it is null
  add column connected_seconds integer,
  add column recording_url text,
  add column other_ids text[], -- as reported; answered as none where it is null
  add column leg_ids text[]; -- of the legs that are folded into the call

-- The index of other_ids and leg_ids: an id belongs to one call of an account, and leads to it.
create table call_other_id (
  account_id uuid not null,
  other_id text collate "C" not null,
  call_log_id text collate "C" not null,
  primary key (account_id, other_id)
);
create index call_other_id_of_call on call_other_id (account_id, call_log_id);
