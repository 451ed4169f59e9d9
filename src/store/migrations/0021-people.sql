-- People sign in with an e-mail address and a password. Like api_token searched before an account is known, and small.
create table person (
  person_id uuid primary key,
  account_id uuid not null references account (account_id),
  email text not null, -- lower case
  name text not null,
  role text not null check (role in ('owner', 'operator', 'analyst')),
  password_hash text, -- scrypt with its parameters; null until the invitation is accepted
  last_signed_in_at timestamptz,
  created_at timestamptz not null,
  unique (account_id, email)
);
create index person_by_email on person (email, person_id);

-- Links by which a person sets a password: an invitation, or a new one for a password that was lost. Hashes only.
create table person_link (
  link_hash bytea primary key, -- sha256
  person_id uuid not null references person (person_id) on delete cascade,
  expires_at timestamptz not null
);

-- A session is of a token or of a person, and ends with it.
alter table session
  alter column token_hash drop not null,
  add column person_id uuid references person (person_id) on delete cascade,
  add constraint session_owner_check check ((token_hash is null) <> (person_id is null));

alter table audit_event add column actor_person_id uuid;
create index audit_event_of_person on audit_event (account_id, actor_person_id, event_id)
  where actor_person_id is not null;
