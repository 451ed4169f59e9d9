-- What phone systems report of a call. Null: not known yet, so that a later event may fill it.
alter table call
  add column caller_withheld boolean, -- answered as false where it is null
  add column direction text check (direction in ('inbound', 'outbound')), -- answered as inbound where it is null
  add column connected_seconds integer,
  add column recording_url text;
