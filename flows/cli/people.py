"""Commands about people: login, logout, accounts."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from flows.cli.app import SESSION_FILE, Json, app, resources, signed_in, told
from flows.core.errors import MistakeError
from flows.printing import console, print_json

accounts_app = typer.Typer(help="List and change accounts (role admin).", invoke_without_command=True)
app.add_typer(accounts_app, name="accounts")
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Account = Annotated[str, typer.Argument(help="Name of the account.")]
RoleName = Annotated[str, typer.Argument(help="viewer, editor, steward or admin.")]


@app.command()
def login(
    account: Annotated[str, typer.Argument(help="Name of the account.")] = "",
    from_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Sign in on this machine for twelve hours."""
    from flows.services.accounts import OneTimePasswordError, role_of, sign_in
    from flows.settings import home
    from infra.processes import write_private

    parts = resources()
    name = account or str(typer.prompt("account"))
    password = _password("password", from_stdin, is_new=False)
    try:
        actor = sign_in(parts.warehouse, name, password)
    except OneTimePasswordError:
        chosen = _password("this password is good once; a password of your own", from_stdin, is_new=True)
        actor = sign_in(parts.warehouse, name, password, new_password=chosen)
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(home() / SESSION_FILE, json.dumps(asdict(actor)))
    role = role_of(parts.warehouse, actor)
    print_json({"account": actor.account, "role": role}) if as_json else console.print(
        f"Signed in as {actor.account} ({role}) for twelve hours."
    )


@app.command()
def logout(as_json: Json = False) -> None:
    """Sign out on this machine."""
    from flows.services.accounts import sign_out
    from flows.settings import home

    actor = signed_in()
    sign_out(resources().warehouse, actor)
    (home() / SESSION_FILE).unlink()
    print_json({"account": actor.account}) if as_json else console.print(f"{actor.account} is signed out.")


@accounts_app.callback()
def accounts(context: typer.Context, as_json: Json = False) -> None:
    """List the accounts; the subcommands change them."""
    if context.invoked_subcommand is None:
        from flows.services import accounts as service

        told(service.accounts(resources().warehouse, signed_in()), as_json=as_json)


@accounts_app.command("add")
def add_account(account: Account, role: RoleName, from_stdin: Stdin = False, as_json: Json = False) -> None:
    """Make an account."""
    from flows.services import accounts as service

    actor = signed_in()
    password = _password(f"password of {account}", from_stdin, is_new=True)
    service.create(resources().warehouse, actor, account, service.Role(_role(role)), password)
    _tell(f"{account} is {role}.", as_json, account=account, role=role)


@accounts_app.command("role")
def change_role(account: Account, role: RoleName, as_json: Json = False) -> None:
    """Give an account another role."""
    from flows.services import accounts as service

    service.change_role(resources().warehouse, signed_in(), account, service.Role(_role(role)))
    _tell(f"{account} is {role}.", as_json, account=account, role=role)


@accounts_app.command("close")
def close_account(account: Account, as_json: Json = False) -> None:
    """Close an account and end its sessions."""
    from flows.services import accounts as service

    service.set_active(resources().warehouse, signed_in(), account, False)
    _tell(f"{account} is closed.", as_json, account=account, is_active=False)


@accounts_app.command("open")
def open_account(account: Account, as_json: Json = False) -> None:
    """Open an account that was closed."""
    from flows.services import accounts as service

    service.set_active(resources().warehouse, signed_in(), account, True)
    _tell(f"{account} is open.", as_json, account=account, is_active=True)


@accounts_app.command("password")
def change_password(
    account: Annotated[str, typer.Argument(help="Name of the account; your own without.")] = "",
    from_stdin: Stdin = False,
    as_json: Json = False,
) -> None:
    """Change your own password; an admin may change another's."""
    from flows.services import accounts as service

    actor = signed_in()
    name = account or actor.account
    service.set_password(
        resources().warehouse, actor, name, _password(f"new password of {name}", from_stdin, is_new=True)
    )
    _tell(f"{name} has a new password; other sessions of {name} have ended.", as_json, account=name)


def _tell(sentence: str, as_json: bool, **values: object) -> None:
    print_json(values) if as_json else console.print(sentence)


def _role(told_role: str) -> str:
    from flows.services.accounts import Role

    if told_role not in list(Role):
        raise MistakeError(f"{told_role!r} is no role; there are {', '.join(Role)}")
    return told_role


def _password(what: str, from_stdin: bool, *, is_new: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt(what, hide_input=True, confirmation_prompt=is_new))
