-- title: Unanswered questions
-- description: Questions that nobody in the room quoted and whose author nobody mentioned soon
-- description: after, newest first. Taken for questions are texts with 请问, 请教, 有人, 有没有 or 吗, or a
-- description: ？ or single ? at their end; a ? that ends a mention or is doubled is no question
-- description: mark but what a lost character became.
-- param minutes integer 30: no mention of the author within so many minutes
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 50: at most so many rows
with asked as (
  -- what is quoted was asked by somebody else
  select m.id, m.sent_at, m.speaker_id, m.text, d.room_id, r.slug as room,
         ifnull(q.reply, m.text) as said
  from messages m
  left join quotes q on q.message_id = m.id
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and m.kind = 'text'
    and m.speaker_id is not null
    and trim(said, ' ?？') <> ''
    and (
      instr(said, '吗') or instr(said, '请问') or instr(said, '请教')
      or instr(said, '有人') or instr(said, '有没有')
      or said like '%？'
      or (said like '%?' and said not like '%??' and not exists (
        select 1
        from mentions n
        where n.message_id = m.id
          -- a name that is not known is taken to reach to the next ?
          and n.position + ifnull(
            length(n.name) + 1, instr(substr(m.text, n.position + 1), '?')
          ) = length(m.text)
      ))
    )
),
quoted as (
  select a.id
  from quotes q
  join messages o on o.id = q.message_id
  join days d on d.id = o.day_id
  join asked a on a.text = q.text and a.room_id = d.room_id and a.sent_at <= o.sent_at
),
called as (
  select a.id
  from mentions n
  join messages o on o.id = n.message_id
  join days d on d.id = o.day_id
  join asked a on a.speaker_id = n.speaker_id and a.room_id = d.room_id
    and a.speaker_id <> o.speaker_id and a.sent_at <= o.sent_at
  where o.sent_at <= datetime(a.sent_at, ifnull(nullif(:minutes, ''), 30) || ' minutes')
)
select m.sent_at, a.room, s.name as speaker, m.text, m.key
from asked a
join messages m on m.id = a.id
join speakers s on s.id = m.speaker_id
where a.id not in (select id from quoted)
  and a.id not in (select id from called)
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);
