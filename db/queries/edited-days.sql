-- title: Edited days
-- description: Which days a later export changed: how many messages of each kind of change, and
-- description: what else.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 50: at most so many rows
with revised as (
  select day_id, load_id, iif(coalesce(key_before, key_after) is null, 'other', kind) as kind
  from revisions
)
select d.date, r.slug as room, count(*) filter (where v.kind = 'added') as added,
       count(*) filter (where v.kind = 'changed') as changed,
       count(*) filter (where v.kind = 'moved') as moved,
       count(*) filter (where v.kind = 'removed') as removed,
       count(*) filter (where v.kind = 'other') as other_parts,
       count(distinct v.load_id) as loads, max(l.started_at) as last_load_utc
from revised v
join loads l on l.id = v.load_id
join days d on d.id = v.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by d.id
order by d.date desc, r.slug
limit ifnull(nullif(:limit, ''), 50);
