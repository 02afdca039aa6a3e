-- title: Newcomers per month
-- description: How many of each month's speakers wrote for the first time ever (with a room: in
-- description: that room).
-- param room text: only this room
-- param since text: from this day's month on (YYYY-MM-DD)
-- param until text: up to this day's month (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with chosen as materialized (
  select d.id, replace(substr(d.date, 1, 7), '-', '') * 4294967296 as month
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
),
said as (
  -- two numbers in one are sorted sooner
  select c.month + x.speaker_id as pair, sum(x.messages) as messages
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  group by pair
),
spoken as (
  select t.pair >> 32 as month, sum(t.messages) as messages,
         row_number() over (partition by ifnull(p.id, s.id) order by t.pair >> 32) as number
  from said t
  join speakers s on s.id = t.pair & 4294967295
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id), t.pair >> 32
)
select substr(t.month, 1, 4) || '-' || substr(t.month, 5) as month, count(*) as speakers,
       sum(t.number = 1) as newcomers, sum(t.messages) as messages,
       sum(iif(t.number = 1, t.messages, 0)) as messages_of_newcomers
from spoken t
where t.month >= cast(replace(substr(ifnull(:since, ''), 1, 7), '-', '') as integer)
  and t.month <= cast(coalesce(nullif(replace(substr(:until, 1, 7), '-', ''), ''), '999999') as integer)
group by t.month
order by month;
