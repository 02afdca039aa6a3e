-- title: Most mentioned
-- description: Whom people address most with @, under whatever name; a name that is nobody's for sure
-- description: stands for itself (所有人 is everyone).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count the names as written, not the people behind them
-- param limit integer 20: at most so many rows
select ifnull(o.name, n.name) as mentioned, count(*) as mentions,
       count(distinct ifnull(p.id, s.id)) as mentioned_by,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from mentions n
-- from mentions to their messages: the other way round goes through all messages
cross join messages m on m.id = n.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
left join speakers t on t.id = n.speaker_id
left join people o on o.id = t.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and n.name is not null
group by mentioned
order by mentions desc, mentioned
limit ifnull(nullif(:limit, ''), 20);
