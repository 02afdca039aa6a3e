-- title: A key is room/date/HHMMSS-n, for the n-th message of that second on its page
-- remedy: `etl rebuild messages` makes the keys anew
create temp view keys_name_their_message as
with numbered as (
  select id, key, day_id, sent_at,
         row_number() over (partition by day_id, sent_at order by position) as n
  from messages
)
select m.key as place, 'it should be ' || r.slug || '/' || d.date || '/'
       || replace(substr(m.sent_at, 12), ':', '') || '-' || m.n as found
from numbered m
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where m.key is not
      r.slug || '/' || d.date || '/' || replace(substr(m.sent_at, 12), ':', '') || '-' || m.n
order by m.id;
