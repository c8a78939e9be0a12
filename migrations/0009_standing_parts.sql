-- A lot's part in an event that was taken back, or in an error declaration itself, counts for nothing: it says so
-- itself, so that the graph of lots is walked without reading the events.
ALTER TABLE trace_event_lots ADD COLUMN standing boolean NOT NULL DEFAULT TRUE;
UPDATE trace_event_lots SET standing = FALSE WHERE EXISTS (SELECT 1 FROM trace_events e
  JOIN trace_events d ON d.commune_id = e.commune_id AND d.event_id = e.event_id AND d.is_error_declaration = TRUE
  WHERE e.commune_id = trace_event_lots.commune_id AND e.id = trace_event_lots.event_id);
DROP INDEX trace_event_lots_graph;
CREATE INDEX trace_event_lots_graph ON trace_event_lots (commune_id, lot_id, role, standing, event_id);

-- Few events are error declarations; whether there is one of an event is asked for every event.
CREATE INDEX trace_events_declared ON trace_events (commune_id, event_id) WHERE is_error_declaration = TRUE;
