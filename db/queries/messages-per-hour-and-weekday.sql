-- title: Messages per hour and weekday
-- description: At what hours of which weekdays people write: a row per hour, a column per weekday.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
with recursive hours (hour) as (
  select 0 union all select hour + 1 from hours where hour < 23
),
said as (
  select cast(substr(m.sent_at, 12, 2) as integer) as hour, strftime('%w', d.date) as weekday
  from days d
  join rooms r on r.id = d.room_id
  join messages m on m.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
)
select h.hour,
       count(*) filter (where s.weekday = '1') as monday,
       count(*) filter (where s.weekday = '2') as tuesday,
       count(*) filter (where s.weekday = '3') as wednesday,
       count(*) filter (where s.weekday = '4') as thursday,
       count(*) filter (where s.weekday = '5') as friday,
       count(*) filter (where s.weekday = '6') as saturday,
       count(*) filter (where s.weekday = '0') as sunday,
       count(s.hour) as messages
from hours h
left join said s on s.hour = h.hour
group by h.hour
order by h.hour;
