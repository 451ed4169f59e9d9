-- The log is written with COPY, which can calculate a column only as its default. Rows that are not queued name the column, as null.
alter table postback alter column queue_position set default nextval('postback_queue_position');
