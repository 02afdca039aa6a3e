-- title: A day says how much was said in each half hour of it
-- remedy: `etl rebuild derived` counts them anew
create temp view days_count_their_half_hours as
with said as (
  select day_id, kind, speaker_id is null as is_notice,
         substr(sent_at, 12, 2) * 3600 + substr(sent_at, 15, 2) * 60 + substr(sent_at, 18, 2) as second
  from messages
),
counted as (
  select day_id, second / 1800 as half_hour, count(*) as messages, sum(kind = 'image') as pictures,
         sum(is_notice) as notices, min(iif(is_notice, null, second)) as first_second,
         max(iif(is_notice, null, second)) as last_second
  from said
  group by day_id, second / 1800
)
select r.slug || '/' || d.date as place,
       'half_hours has ' || ifnull(h.messages, 'nothing') || ' of half hour ' || c.half_hour
       || ', there are ' || c.messages as found
from counted c
join days d on d.id = c.day_id
join rooms r on r.id = d.room_id
left join half_hours h on h.day_id = c.day_id and h.half_hour = c.half_hour
where h.messages is not c.messages
   or h.pictures is not c.pictures
   or h.notices is not c.notices
   or h.first_second is not c.first_second
   or h.last_second is not c.last_second
union all
select r.slug || '/' || d.date, 'half_hours has ' || sum(h.messages) || ', there are ' || d.messages
from days d
join rooms r on r.id = d.room_id
join half_hours h on h.day_id = d.id
group by d.id
having sum(h.messages) <> d.messages
order by place, found;
