-- What needs attention and a person has seen: one row for each fault, removed when the fault has ended.
create table acknowledgement (
  account_id uuid not null references account (account_id),
  fault_id text not null, -- the kind, and the webhook, partner or code that it is about
  cause text not null, -- another one is another fault
  size integer not null, -- how large it was; it comes back at twice as much
  acknowledged_by text not null,
  acknowledged_at timestamptz not null,
  primary key (account_id, fault_id)
);
