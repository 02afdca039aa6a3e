-- title: Messages per hour and weekday
-- description: At what hours of which weekdays people write: a row per hour, a column per weekday.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
with recursive hours (hour) as (
  select 0 union all select hour + 1 from hours where hour < 23
),
said as (
  select x.half_hour / 2 as hour, strftime('%w', d.date) as weekday, sum(x.messages) as messages
  from days d
  join rooms r on r.id = d.room_id
  join half_hours x on x.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
  group by weekday, hour
)
select h.hour,
       ifnull(sum(s.messages) filter (where s.weekday = '1'), 0) as monday,
       ifnull(sum(s.messages) filter (where s.weekday = '2'), 0) as tuesday,
       ifnull(sum(s.messages) filter (where s.weekday = '3'), 0) as wednesday,
       ifnull(sum(s.messages) filter (where s.weekday = '4'), 0) as thursday,
       ifnull(sum(s.messages) filter (where s.weekday = '5'), 0) as friday,
       ifnull(sum(s.messages) filter (where s.weekday = '6'), 0) as saturday,
       ifnull(sum(s.messages) filter (where s.weekday = '0'), 0) as sunday,
       ifnull(sum(s.messages), 0) as messages
from hours h
left join said s on s.hour = h.hour
group by h.hour
order by h.hour;
