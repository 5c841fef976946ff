"""The dashboard: one browser session is a `Visit`; pages read through stores and write through the services."""
