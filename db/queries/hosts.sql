-- title: Hosts
-- description: Which web sites people share pages of, how many pages and how often.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
select l.host, count(distinct l.id) as pages, count(*) as shares,
       count(distinct ifnull(p.id, s.id)) as speakers,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from message_links t
join links l on l.id = t.link_id
-- from links to their messages: the other way round goes through all messages
cross join messages m on m.id = t.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and l.host <> ''
group by l.host
order by shares desc, pages desc, l.host
limit ifnull(nullif(:limit, ''), 50);
