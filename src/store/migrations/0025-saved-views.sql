-- Filters, period and sort of the list of calls under a name, for all people of an account.
create table saved_view (
  account_id uuid not null references account (account_id),
  view_id uuid not null,
  name text not null,
  query json not null,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, view_id)
);
-- No two views of an account have the same name. Serves the list, which is in order of names.
create unique index saved_view_name on saved_view (account_id, lower(name));
