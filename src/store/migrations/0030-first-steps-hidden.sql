-- The checklist of the first steps is hidden for all people of an account.
alter table account add column has_hidden_first_steps boolean not null default false;
