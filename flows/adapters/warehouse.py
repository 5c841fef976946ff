"""Connections to the PostgreSQL that holds the marts."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import DictRow, dict_row, tuple_row
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

from flows.settings import Settings

Connection = psycopg.Connection[DictRow]


class Warehouse:
    """The database: pooled psycopg connections, each use one transaction.

    Attributes:
        engine: For SQLAlchemy Core queries that are put together at run time.
    """

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+psycopg")
        timeout_ms = settings.statement_timeout_s * 1000
        self.engine: Engine = create_engine(
            url,
            pool_size=8,
            max_overflow=16,
            pool_pre_ping=True,
            connect_args={
                "application_name": "quayside",
                "connect_timeout": 10,
                "options": f"-c timezone=UTC -c statement_timeout={timeout_ms}"
                f" -c idle_in_transaction_session_timeout={timeout_ms}",
            },
        )

        @event.listens_for(self.engine, "connect")
        def _(connection: psycopg.Connection[DictRow], _: object) -> None:
            connection.prepare_threshold = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction; it commits at the end and rolls back on an error."""
        raw = self.engine.raw_connection()
        connection = raw.driver_connection
        assert isinstance(connection, psycopg.Connection)
        connection.row_factory = dict_row
        try:
            yield connection
            connection.commit()
        except BaseException:
            if not connection.closed:
                connection.rollback()
            raise
        finally:
            connection.row_factory = tuple_row  # SQLAlchemy expects it in its pool
            if connection.closed:
                raw.invalidate()
            raw.close()

    def rows(self, query: str, **values: object) -> list[DictRow]:
        """Return the rows of one reading query, in a transaction of its own."""
        with self.transaction() as connection:
            return list(connection.execute(query.encode(), values or None).fetchall())

    def listen(self, channel: str) -> psycopg.Connection[DictRow]:
        """Return a connection of its own, outside of the pool, that listens on a channel."""
        dsn = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row, connect_timeout=10)
        connection.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(channel)))
        return connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
