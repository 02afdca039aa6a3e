-- title: A version of a page has its SHA-256 and its size
-- remedy: restore a backup (`etl restore FILE`)
create temp view versions_have_hashes as
select 'sources/' || id as place, path || ' has no SHA-256 or size' as found
from sources
where length(sha256) <> 64 or sha256 glob '*[^0-9a-f]*' or size < 0
order by id;
