"""What pages read: functions of a warehouse and a filter; no widgets, no session."""
