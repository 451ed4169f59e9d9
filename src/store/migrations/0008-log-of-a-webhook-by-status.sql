-- The log of one webhook by status: without it, a status that a busy webhook never had is looked for among all of its
-- postbacks (10,000,000 of them took longer than the 15 s that a request may). Applied ones, nearly all, are not in it.
create index postback_of_webhook_not_applied on postback (account_id, webhook_id, status, postback_id)
  where status <> 'applied';
