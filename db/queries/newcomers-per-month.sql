-- title: Newcomers per month
-- description: How many of each month's speakers wrote for the first time ever (with a room: in
-- description: that room).
-- param room text: only this room
-- param since text: from this day's month on (YYYY-MM-DD)
-- param until text: up to this day's month (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with said as (
  select speaker_id, day_id, count(*) as messages from messages group by speaker_id, day_id
),
spoken as (
  select ifnull(p.id, s.id) as speaker, substr(d.date, 1, 7) as month, sum(m.messages) as messages
  from said m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  join speakers s on s.id = m.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
  group by speaker, month
),
first as (
  select speaker, min(month) as month from spoken group by speaker
)
select s.month, count(*) as speakers, sum(s.month = f.month) as newcomers,
       sum(s.messages) as messages,
       sum(case when s.month = f.month then s.messages else 0 end) as messages_of_newcomers
from spoken s
join first f on f.speaker = s.speaker
where s.month >= substr(ifnull(:since, ''), 1, 7)
  and s.month <= coalesce(nullif(substr(:until, 1, 7), ''), '9999')
group by s.month
order by s.month;
