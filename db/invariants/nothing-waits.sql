-- title: Of every day that changed the people, mentions and replies are made
-- remedy: `etl rebuild derived` makes them; a load was stopped before it did, or goes on right now
create temp view nothing_waits as
select r.slug || '/' || d.date as place, 'what is derived of it is not made yet' as found
from changed_days c
join days d on d.id = c.day_id
join rooms r on r.id = d.room_id
order by d.id;
