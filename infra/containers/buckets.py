"""Buckets of a MinIO-line server: versions, one key per part with its policy, and the notification of puts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from minio import Minio
from minio.commonconfig import ENABLED
from minio.credentials.providers import StaticProvider
from minio.minioadmin import MinioAdmin
from minio.notificationconfig import NotificationConfig, QueueConfig
from minio.versioningconfig import VersioningConfig

from flows.settings import Settings

_PUT = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_READ = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
_LIST = ("s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")


def prepare_buckets(settings: Settings, secrets: Mapping[str, str]) -> None:
    """Keep every version of an object, give each key its policy and secret, and have puts into landing told.

    Args:
        settings: With the keys of the server's administrator; the buckets are there.
        secrets: Secret of each key: `quayside-flows`, `quayside-dashboard`, `quayside-uploader`.
    """
    admin_secret = settings.s3_secret_key.get_secret_value()
    client = Minio(
        settings.s3_endpoint,
        settings.s3_access_key,
        admin_secret,
        secure=settings.s3_is_secure,
        region=settings.s3_region,
    )
    target = f"arn:minio:sqs:{settings.s3_region}:PICKUP:postgresql"
    for bucket in (settings.landing_bucket, settings.archive_bucket, settings.audit_bucket):
        client.set_bucket_versioning(bucket, VersioningConfig(ENABLED))
    client.set_bucket_notification(
        settings.landing_bucket,
        NotificationConfig(queue_config_list=[QueueConfig(["s3:ObjectCreated:*"], config_id="pickup", queue=target)]),
    )
    admin = MinioAdmin(
        endpoint=settings.s3_endpoint,
        credentials=StaticProvider(settings.s3_access_key, admin_secret),
        region=settings.s3_region,
        secure=settings.s3_is_secure,
    )
    for key, statements in policies(settings).items():
        admin.policy_add(key, policy={"Version": "2012-10-17", "Statement": statements})
        admin.user_add(key, secrets[key])
        if key not in json.loads(admin.user_info(key)).get("policyName", ""):
            admin.policy_set(key, user=key)


def policies(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Return what each key may do."""
    landing, archive, audit = settings.landing_bucket, settings.archive_bucket, settings.audit_bucket
    return {
        "quayside-uploader": [_objects(landing, _PUT)],
        "quayside-dashboard": [
            _objects(landing, (*_PUT, "s3:PutObjectTagging")),
            _bucket(landing, ("s3:ListBucketMultipartUploads", "s3:GetBucketLocation")),
            _objects(archive, _READ),
            _bucket(archive, _LIST),
            _objects(audit, _READ),
            _bucket(audit, _LIST),
        ],
        "quayside-flows": [
            _objects(landing, _READ),
            _bucket(landing, _LIST),
            *(_objects(bucket, (*_READ, *_PUT)) for bucket in (archive, audit)),
            *(_bucket(bucket, _LIST) for bucket in (archive, audit)),
        ],
    }


def _objects(bucket: str, actions: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": [f"arn:aws:s3:::{bucket}/*"]}


def _bucket(bucket: str, actions: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": [f"arn:aws:s3:::{bucket}"]}
