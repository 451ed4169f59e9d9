-- Tokens get roles, an end and a trace of their use. The token of the settings is replaced at a start that has another.
alter table api_token
  add column token_id uuid not null default gen_random_uuid(),
  add column role text not null default 'owner' check (role in ('owner', 'operator', 'analyst')),
  add column is_from_settings boolean not null default false,
  add column expires_at timestamptz,
  add column last_used_at timestamptz; -- written at most every few minutes
update api_token set is_from_settings = true
where name = 'owner' and account_id = (select account_id from account order by created_at, account_id limit 1);
create unique index api_token_of_account on api_token (account_id, token_id);

-- Every administrative act, written in the transaction of what was done.
create table audit_event (
  account_id uuid not null,
  event_id uuid not null, -- uuid v7: in order of time
  at timestamptz not null,
  actor text not null, -- the name of the token, or the command line
  actor_token_id uuid,
  source_ip text,
  action text not null,
  target_id text,
  target_name text,
  changes json not null, -- before and after by field; secrets are never in it
  primary key (account_id, event_id)
);
create index audit_event_by_action on audit_event (account_id, action, event_id);
create index audit_event_of_target on audit_event (account_id, target_id, event_id);
