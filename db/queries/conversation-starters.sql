-- title: Conversation starters
-- description: Which messages broke a silence, and how much was said from there to the next
-- description: silence.
-- param silence integer 60: minutes without any message before it
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 20: at most so many rows
with spoken as (
  select m.id, m.sent_at, d.room_id, row_number() over backwards as messages_to_come,
         lead(m.sent_at) over backwards as before
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where m.speaker_id is not null and ifnull(:room, '') in ('', r.slug)
  window backwards as (partition by d.room_id order by m.sent_at desc, m.position desc)
),
conversations as (
  select id, messages_to_come - lead(messages_to_come, 1, 0) over (
           partition by room_id order by messages_to_come desc
         ) as messages
  from spoken
  where before is null
     or round((julianday(sent_at) - julianday(before)) * 1440, 3)
        >= cast(ifnull(nullif(:silence, ''), 60) as integer)
)
select m.sent_at, r.slug as room, s.name as speaker, m.kind, m.text, c.messages,
       m.key
from conversations c
join messages m on m.id = c.id
join speakers s on s.id = m.speaker_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
order by c.messages desc, m.sent_at, m.key
limit ifnull(nullif(:limit, ''), 20);
