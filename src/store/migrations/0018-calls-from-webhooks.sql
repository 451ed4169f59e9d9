-- A request of a webhook of type `calls` that made a call is logged as created.
alter table postback drop constraint postback_status_check;
alter table postback
  add constraint postback_status_check
    check (status in ('created', 'queued', 'applied', 'unchanged', 'rejected', 'kept', 'waiting', 'expired'));
