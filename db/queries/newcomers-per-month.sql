-- title: Newcomers per month
-- description: How many of each month's speakers wrote for the first time ever (with a room: in
-- description: that room).
-- param room text: only this room
-- param since text: from this day's month on (YYYY-MM-DD)
-- param until text: up to this day's month (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with said as (
  select x.speaker_id, substr(d.date, 1, 7) as month, sum(x.messages) as messages
  from days d
  join rooms r on r.id = d.room_id
  join speaker_days x on x.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
  group by x.speaker_id, month
),
spoken as (
  select t.month, sum(t.messages) as messages,
         row_number() over (partition by ifnull(p.id, s.id) order by t.month) as number
  from said t
  join speakers s on s.id = t.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id), t.month
)
select month, count(*) as speakers, sum(number = 1) as newcomers, sum(messages) as messages,
       sum(iif(number = 1, messages, 0)) as messages_of_newcomers
from spoken
where month >= substr(ifnull(:since, ''), 1, 7)
  and month <= coalesce(nullif(substr(:until, 1, 7), ''), '9999')
group by month
order by month;
