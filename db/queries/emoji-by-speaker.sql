-- title: Emoji by speaker
-- description: Who uses most WeChat emoji, how many different ones, and which most.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param code text: only this emoji, as [强]
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
with chosen as materialized (
  select d.id
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
counted as (
  -- two numbers in one are sorted sooner
  select t.speaker_id * 4294967296 + t.emoji_id as pair, sum(t.count) as uses
  from message_emoji t not indexed
  join chosen c on c.id = t.day_id
  where t.speaker_id is not null
  group by pair
),
used as (
  select ifnull(p.name, s.name) as speaker, e.code, sum(c.uses) as uses,
         row_number() over (partition by ifnull(p.name, s.name) order by sum(c.uses) desc, e.code) as number
  from counted c
  join emoji e on e.id = c.pair & 4294967295
  join speakers s on s.id = c.pair >> 32
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:code, '') in ('', e.code)
  group by ifnull(p.name, s.name), e.id
)
select speaker, sum(uses) as uses, count(*) as different_emoji,
       max(code) filter (where number = 1) as favourite, max(uses) as favourite_uses
from used
group by speaker
order by sum(uses) desc, speaker
limit ifnull(nullif(:limit, ''), 20);
