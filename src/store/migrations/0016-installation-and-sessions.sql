-- Which account runs the installation: stored, because the clock that dates accounts can be set back.
create table installation (
  installation_id boolean primary key default true check (installation_id), -- one row
  first_account_id uuid not null references account (account_id)
);
insert into installation (first_account_id)
select account_id from account order by created_at, account_id limit 1;

-- Links that sign a browser in once. Hashes only, and few: cleared of what expired when one is made.
create table sign_in_link (
  link_hash bytea primary key, -- sha256
  token_hash bytea not null, -- the token that it stands for
  expires_at timestamptz not null
);

-- A session ends when it was not used for a day, and its account's owner sees where it is used.
alter table session
  add column session_id uuid not null default gen_random_uuid(),
  add column last_used_at timestamptz not null default now(),
  add column source_ip text,
  add column user_agent text;
