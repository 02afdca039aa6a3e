-- title: A revision has what was replaced and what replaced it, as its kind says, in the order of loads
-- remedy: restore a backup (`etl restore FILE`)
create temp view revisions_are_whole as
select 'revisions/' || v.id as place,
       iif(s.load_id > v.load_id, 'it replaces what was loaded later',
           'of what was ' || v.kind || ' there is too much, or not all') as found
from revisions v
join sources s on s.id = v.source_id
where s.load_id > v.load_id
   or (v.kind in ('changed', 'removed')) <> (v.before is not null)
   or (v.kind in ('changed', 'added')) <> (v.after is not null)
   or (v.kind = 'added') <> (v.position_before is null)
   or (v.kind = 'removed') <> (v.position_after is null)
order by v.id;
