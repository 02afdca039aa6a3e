-- title: Links of a day
-- description: Every link of a day: when it came, from whom, and where it leads.
-- param room text: only this room
-- param date text: of this day (YYYY-MM-DD); without it, of the newest that has links
-- param by_name flag: show the names as they stand, not the people behind them
select m.key, substr(m.sent_at, 12) as time, r.slug as room, ifnull(p.name, s.name) as speaker,
       coalesce(t.title, l.title) as title, l.url
from message_links t
join links l on l.id = t.link_id
join messages m on m.id = t.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date = coalesce(nullif(:date, ''), (
    select max(e.date)
    from message_links x
    join messages n on n.id = x.message_id
    join days e on e.id = n.day_id
    join rooms o on o.id = e.room_id
    where ifnull(:room, '') in ('', o.slug)
  ))
order by r.slug, m.position, t.ordinal;
