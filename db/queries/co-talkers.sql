-- title: Co-talkers
-- description: Which two people wrote in the same half hour of the same room most often. As each
-- description: half hour has many pairs, only the newest days that have half a million messages are
-- description: looked at, where there are more.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only pairs of whom one has a name with this in it
-- param by_name flag: count single names, not the people behind them
-- param newest integer 500000: only the newest days that have so many messages; -1: all
-- param limit integer 50: at most so many rows
with recursive chosen as materialized (
  select id
  from (
    select d.id, d.messages, sum(d.messages) over (order by d.date desc, r.slug) as newer
    from days d
    join rooms r on r.id = d.room_id
    where ifnull(:room, '') in ('', r.slug)
      and d.date >= ifnull(:since, '')
      and d.date <= coalesce(nullif(:until, ''), '9999')
  )
  where newer - messages < cast(ifnull(nullif(:newest, ''), 500000) as integer)
     or cast(:newest as integer) < 0
),
known as materialized (
  select s.id as speaker_id, ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as name,
         instr(s.name, ifnull(:speaker, ''))
         or p.id in (select person_id from aliases where instr(name, :speaker)) as wanted
  from speakers s
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
),
places (size, place) as (
  -- of every character in a text of that size, for each size of speaker_days.half_hours
  select 1, 1
  union all
  select iif(place < size, size, size + 1), iif(place < size, place + 1, 1) from places
  where place < 48
),
present as materialized (
  -- a day has 48 half hours
  select distinct x.day_id * 48 + unicode(substr(x.half_hours, n.place, 1)) - 48 as half_hour, k.id
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  cross join known k on k.speaker_id = x.speaker_id
  cross join places n on n.size = length(x.half_hours)
),
pairs as materialized (
  -- two numbers in one are sorted sooner
  select a.id * 4294967296 + b.id as pair, count(*) as half_hours
  from present a
  join present b on b.half_hour = a.half_hour and b.id > a.id
  where ifnull(:speaker, '') = '' or a.id in (select id from known where wanted)
     or b.id in (select id from known where wanted)
  group by pair
),
most as materialized (
  -- those that can be among the rows asked for: only they are worth counting the days of
  select pair >> 32 as id, pair & 4294967295 as other_id, half_hours from pairs
  where half_hours >= ifnull((
    select half_hours from pairs order by half_hours desc
    limit 1 offset max(ifnull(nullif(:limit, ''), 50) - 1, 0)
  ), 0)
),
their as materialized (
  select half_hour, id from present
  where id in (select id from most union select other_id from most)
)
select min(k.name, o.name) as speaker, max(k.name, o.name) as other, t.half_hours,
       count(distinct a.half_hour / 48) as days
from most t
join their a on a.id = t.id
join their b on b.id = t.other_id and b.half_hour = a.half_hour
join (select distinct id, name from known) k on k.id = t.id
join (select distinct id, name from known) o on o.id = t.other_id
group by t.id, t.other_id
order by t.half_hours desc, days desc, speaker, other
limit ifnull(nullif(:limit, ''), 50);
