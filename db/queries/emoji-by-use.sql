-- title: Emoji by use
-- description: Which WeChat emoji are used most, in how many messages and by how many people.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
select e.code, e.unicode, sum(t.count) as uses, count(*) as messages,
       count(distinct ifnull(p.id, s.id)) as speakers
from message_emoji t not indexed
-- from emoji to their messages: the other way round goes through all messages
cross join messages m on m.id = t.message_id
join emoji e on e.id = t.emoji_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by e.id
order by uses desc, e.code
limit ifnull(nullif(:limit, ''), 50);
