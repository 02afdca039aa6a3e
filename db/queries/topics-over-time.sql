-- title: Topics over time
-- description: How many messages of each month have a word in them, and by how many people.
-- param topic text 支付: the word
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with chosen as materialized (
  select d.id, substr(d.date, 1, 7) as month, d.messages
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
found as (
  -- every message is looked at, once, and what follows is of those alone that have the word
  select m.day_id, m.speaker_id
  from messages m not indexed
  where instr(m.text, ifnull(nullif(:topic, ''), '支付'))
),
said as (
  select c.month, count(*) as with_topic, count(distinct ifnull(p.id, s.id)) as speakers
  from found f
  join chosen c on c.id = f.day_id
  left join speakers s on s.id = f.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by c.month
)
select c.month, ifnull(t.with_topic, 0) as with_topic, ifnull(t.speakers, 0) as speakers,
       sum(c.messages) as messages
from chosen c
left join said t on t.month = c.month
group by c.month
order by c.month;
