-- What lies in the bucket and belongs to no dataset? One row per object, the newest first.
select object_key, size_bytes, reason, seen_at, count(*) over () as objects
from platform.unclaimed_object
order by seen_at desc, object_key
limit %(limit)s
