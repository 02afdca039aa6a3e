-- title: Newcomers per month
-- description: How many of each month's speakers wrote for the first time ever (with a room: in
-- description: that room).
-- param room text: only this room
-- param since text: from this day's month on (YYYY-MM-DD)
-- param until text: up to this day's month (YYYY-MM-DD)
with spoken as (
  select m.speaker_id, substr(d.date, 1, 7) as month, count(*) as messages
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where m.speaker_id is not null and ifnull(:room, '') in ('', r.slug)
  group by m.speaker_id, month
),
first as (
  select speaker_id, min(month) as month from spoken group by speaker_id
)
select s.month, count(*) as speakers, sum(s.month = f.month) as newcomers,
       sum(s.messages) as messages,
       sum(case when s.month = f.month then s.messages else 0 end) as messages_of_newcomers
from spoken s
join first f on f.speaker_id = s.speaker_id
where s.month >= substr(ifnull(:since, ''), 1, 7)
  and s.month <= coalesce(nullif(substr(:until, 1, 7), ''), '9999')
group by s.month
order by s.month;
