-- title: Emoji by use
-- description: Which WeChat emoji are used most, in how many messages and by how many people.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with chosen as materialized (
  select d.id
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
counted as (
  -- two numbers in one are sorted sooner (notices are from nobody)
  select t.emoji_id * 4294967296 + ifnull(t.speaker_id, 0) as pair, sum(t.count) as uses,
         count(*) as messages
  from message_emoji t not indexed
  join chosen c on c.id = t.day_id
  group by pair
)
select e.code, e.unicode, sum(u.uses) as uses, sum(u.messages) as messages,
       count(distinct ifnull(p.id, s.id)) as speakers
from counted u
join emoji e on e.id = u.pair >> 32
left join speakers s on s.id = u.pair & 4294967295
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
group by e.id
order by uses desc, e.code
limit ifnull(nullif(:limit, ''), 50);
