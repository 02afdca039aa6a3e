-- title: A day's messages and rejects take the places 1, 2, 3… on its page, each once
-- remedy: `etl rebuild messages --from PATH` with the page's file, or restore a backup (`etl restore FILE`)
create temp view places_follow_each_other as
with places as (
  select day_id, position from messages
  union all
  select day_id, position from rejects where position > 0
),
numbered as (
  select day_id, position,
         row_number() over (partition by day_id order by position) as number
  from places
)
select r.slug || '/' || d.date as place,
       'what should be in place ' || n.number || ' is in place ' || min(n.position) as found
from numbered n
join days d on d.id = n.day_id
join rooms r on r.id = d.room_id
where n.position <> n.number
group by n.day_id
order by d.id;
