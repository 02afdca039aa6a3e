-- title: Quiet days
-- description: The days on which least was said, those without any message first.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
select d.date, r.slug as room, d.messages,
       (select count(distinct ifnull(p.id, s.id))
        from speaker_days x
        join speakers s on s.id = x.speaker_id
        left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
        where x.day_id = d.id) as speakers,
       d.presenter
from days d
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
order by d.messages, d.date, r.slug
limit ifnull(nullif(:limit, ''), 20);
