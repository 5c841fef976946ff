"""The settings, read once at the top of a shell and passed down as values."""

import os
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.core.errors import MistakeError

HOME_VARIABLE = "QUAYSIDE_HOME"
STACK_FILE = "stack.env"
"""Settings of the stack that was started on this machine, in its home folder; only its owner can read it."""


class Settings(BaseSettings):
    """Where things are. Each field is read from `QUAYSIDE_<NAME>`, or from `stack.env` in the home folder."""

    model_config = SettingsConfigDict(env_prefix="QUAYSIDE_", extra="ignore")

    database_url: SecretStr = Field(description="PostgreSQL with the marts: postgresql://user:password@host:port/name")
    s3_endpoint: str = Field(description="Object store as host:port")
    s3_access_key: str = Field(description="Access key of the object store")
    s3_secret_key: SecretStr = Field(description="Secret key of the object store")
    s3_is_secure: bool = Field(default=False, description="Whether the object store speaks TLS")
    s3_region: str = Field(default="us-east-1", description="Region of the object store, part of every signature")
    landing_bucket: str = Field(default="landing", description="Bucket into which files are dropped")
    archive_bucket: str = Field(default="archive", description="Bucket that keeps every file under its SHA-256")
    audit_bucket: str = Field(default="audit", description="Bucket to which the head of the audit chain is published")
    business_time_zone: Annotated[ZoneInfo, PlainSerializer(str)] = Field(
        default=ZoneInfo("UTC"), description="Time zone of business days, such as Asia/Kolkata"
    )
    scratch_folder: Path = Field(default=Path(".quayside/scratch"), description="Local disk for files under way")
    lease_s: float = Field(default=30, gt=0, description="Seconds after which a claim without renewal is free")
    scan_interval_s: float = Field(default=1, gt=0, description="Seconds between two listings of the bucket")
    max_attempts: int = Field(default=5, gt=0, description="Claims of one file before it is marked FAILED")
    max_concurrent_files: int = Field(default=2, gt=0, description="Files that one pickup loads at the same time")
    statement_timeout_s: int = Field(default=1800, gt=0, description="Seconds after which a statement is cancelled")
    dask_address: str = Field(
        default="", description="Dask scheduler that lends machines for large files: tcp://host:8786; empty: none"
    )
    dask_min_bytes: int = Field(default=256 << 20, ge=0, description="Size in bytes from which a file is a large one")
    log_format: Literal["text", "json"] = Field(
        default="text", description="How worker, flows and dashboard log: text for people, json for programs"
    )
    prefect_api_url: str = Field(default="", description="API of the Prefect server, empty without one")
    prefect_ui_url: str = Field(default="", description="Address of the Prefect UI for people")
    prefect_auth: SecretStr = Field(default=SecretStr(""), description="user:password of the Prefect API")
    work_pool: str = Field(default="quayside", description="Prefect work pool of the workers")
    alert_webhook_url: SecretStr = Field(
        default=SecretStr(""), description="Address to which alerts are sent as JSON; empty: none are"
    )
    alert_email: SecretStr = Field(
        default=SecretStr(""), description="mailtos://USER:PASSWORD@SMTP-HOST:587?from=FROM&to=TO; empty: no e-mail"
    )
    alert_after_s: float = Field(
        default=300, ge=10, description="Seconds for which a run may be late, or wait for a process, without an alert"
    )
    dashboard_host: str = Field(default="127.0.0.1", description="Address on which the dashboard listens")
    dashboard_port: int = Field(default=8050, description="Port on which the dashboard listens")
    dashboard_origins: str = Field(
        default="", description="host:port by which browsers reach the dashboard, with commas; empty: its own port"
    )
    dashboard_secret: SecretStr = Field(
        default=SecretStr(""), description="At least 32 characters that sign cookies and sessions of the dashboard"
    )
    dashboard_max_upload_bytes: int = Field(
        default=5 << 30, gt=0, description="Size in bytes above which the dashboard takes no file"
    )
    dashboard_is_secure: bool = Field(default=False, description="Whether browsers reach the dashboard by HTTPS")
    oidc_issuer: str = Field(
        default="", description="Issuer of an OpenID Connect provider that signs people in, by HTTPS; empty without one"
    )
    oidc_client_id: str = Field(default="", description="What the provider calls the dashboard")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret of the client; empty for a public one, which PKCE alone protects"
    )
    oidc_scopes: str = Field(default="openid profile email", description="What is asked of the provider, with spaces")
    oidc_title: str = Field(default="OpenID Connect", description="The provider's name, as in: Sign in with …")
    oidc_account_claim: str = Field(
        default="preferred_username", description="Claim of the ID token that names a new account"
    )
    oidc_groups_claim: str = Field(
        default="groups", description="Claim of the ID token with the groups; dots lead inside: realm_access.roles"
    )
    oidc_group_roles: str = Field(
        default="", description="group=role, with semicolons; the highest role counts, who has none is refused"
    )


def home() -> Path:
    """Return the folder that keeps the data and the settings of the stack on this machine."""
    return Path(os.environ.get(HOME_VARIABLE, ".quayside")).resolve()


def read_settings() -> Settings:
    """Return the settings from the environment and the home folder.

    Raises:
        MistakeError: There is neither a running stack nor a configuration.
    """
    stack_file = home() / STACK_FILE
    if not stack_file.exists() and "QUAYSIDE_DATABASE_URL" not in os.environ:
        raise MistakeError(
            f"no stack is configured ({stack_file} is absent): start one with `quayside up`, "
            "or set QUAYSIDE_DATABASE_URL and its like"
        )
    return Settings(_env_file=stack_file)
