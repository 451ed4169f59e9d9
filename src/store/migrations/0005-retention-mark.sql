-- How far the bodies of an account's old postbacks are removed. Rows that went whole need no mark: they are gone.
create table retention_mark (
  account_id uuid primary key references account,
  bodies_removed_to uuid not null -- a postback_id: those up to it have no body any more
);
