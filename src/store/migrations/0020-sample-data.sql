-- What sample data an account has loaded: its webhook and its calls, so that exactly these are removed again.
create table sample_data (
  account_id uuid primary key references account (account_id),
  webhook_id uuid not null,
  call_log_ids text[] not null,
  created_at timestamptz not null
);
