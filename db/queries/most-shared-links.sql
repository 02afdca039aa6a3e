-- title: Most shared links
-- description: The pages that were shared or typed most often, with who shared them first.
-- param host text: only this host
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 20: at most so many rows
with shared as (
  select t.link_id, m.sent_at, ifnull(p.name, s.name) as speaker,
         count(*) over (partition by t.link_id) as shares,
         row_number() over (partition by t.link_id order by m.sent_at, m.key, t.ordinal) as number
  from message_links t not indexed
  -- from links to their messages: the other way round goes through all messages
  cross join messages m on m.id = t.message_id
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  left join speakers s on s.id = m.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
)
select l.title, l.url, l.host, h.shares, h.sent_at as first_shared, h.speaker as first_speaker
from shared h
join links l on l.id = h.link_id
where h.number = 1
  and ifnull(:host, '') in ('', l.host)
order by h.shares desc, first_shared, l.url
limit ifnull(nullif(:limit, ''), 20);
