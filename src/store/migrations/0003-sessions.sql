-- Browsers that are signed in. Like api_token searched before an account is known: hashes only, and small.
create table session (
  session_hash bytea primary key, -- sha256
  token_hash bytea not null, -- the token that opened it: a session ends with its token, which is looked up each time
  created_at timestamptz not null,
  expires_at timestamptz not null
);
