-- Up Migration

-- The span under which an event was accepted (W3C Trace Context), so that its attempts become part of the same trace, whoever
-- makes them and however much later. Null where nothing is traced.
alter table events add column traceparent text;
