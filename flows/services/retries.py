"""Files that failed or were rejected, tried again because a person says so."""

from flows.adapters import audit, ledger
from flows.adapters.warehouse import Connection, Warehouse
from flows.core.errors import MistakeError
from flows.services.accounts import Role, SignedIn, authorized


def retry(warehouse: Warehouse, actor: SignedIn, file_id: int, *, reason: str = "") -> str:
    """Let a file that failed or was rejected wait for a worker again; return its base name.

    Raises:
        RefusedError: The actor is no editor.
        MistakeError: The file did neither, or a newer version of it has landed since.
    """
    with authorized(warehouse, actor, Role.EDITOR, "have files tried again") as connection:
        file = connection.execute(
            """
            select f.file_id, f.dataset, f.base_name, f.state, f.reason, d.new_version
            from platform.file as f inner join platform.dataset as d on d.name = f.dataset
            where f.file_id = %s for update of f
            """,
            (file_id,),
        ).fetchone()
        if file is None:
            raise MistakeError(f"there is no file {file_id}; see `quayside status`")
        if file["state"] not in ("FAILED", "REJECTED"):
            raise MistakeError(
                f"file {file_id} is {file['state']}; only one that failed or was rejected is tried again"
            )
        if file["new_version"] == "replace":
            _refuse_older(connection, file_id, file["dataset"], file["base_name"])
        connection.execute(
            "update platform.file set state = 'LANDED', reason = null, attempts = 0 where file_id = %s", (file_id,)
        )
        audit.record(
            connection,
            "file_retried",
            actor=actor.account,
            file_id=file_id,
            was=file["state"],
            because=file["reason"],
            reason=reason,
        )
        connection.execute(f"notify {ledger.CHANNEL}".encode())
        return str(file["base_name"])


def _refuse_older(connection: Connection, file_id: int, dataset: str, base_name: str) -> None:
    """Keep an old version from taking the place of a newer one behind people's backs."""
    newer = connection.execute(
        """
        select file_id from platform.file
        where dataset = %s and base_name = %s and file_id > %s and state in ('COMPLETED', 'AWAITING_REVIEW')
        limit 1
        """,
        (dataset, base_name, file_id),
    ).fetchone()
    if newer:
        raise MistakeError(
            f"file {newer['file_id']} is a newer version of {base_name}; to go back to the older one, drop it again"
        )
