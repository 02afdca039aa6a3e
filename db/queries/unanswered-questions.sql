-- title: Unanswered questions
-- description: Questions without an answer, newest first. An answer is a message that quotes the
-- description: question, one of somebody else that mentions its author soon after in the same room,
-- description: or one that mentions the author and is inferred to answer it. Taken for questions are
-- description: texts with 请问, 请教, 有人, 有没有 or 吗, or a ？ or single ? at their end; a ? that ends a
-- description: mention or is doubled is no question mark but what a lost character became.
-- param minutes integer 30: a mention of the author answers within so many minutes
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: only mentions that mean the author under that very name
-- param limit integer 50: at most so many rows
with asked as (
  select m.id, m.sent_at, d.room_id, r.slug as room, ifnull(p.id, s.id) as author,
         ifnull(p.name, s.name) as speaker,
         -- what is quoted was asked by somebody else
         ifnull(q.reply, m.text) as said
  from messages m
  left join quotes q on q.message_id = m.id
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  join speakers s on s.id = m.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and m.kind = 'text'
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
called as (
  select a.id
  from mentions n
  join messages o on o.id = n.message_id
  join days d on d.id = o.day_id
  join speakers s on s.id = n.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  left join speakers t on t.id = o.speaker_id
  left join people w on w.id = t.person_id and ifnull(:by_name, '') in ('', 0, '0')
  join asked a on a.author = ifnull(p.id, s.id) and a.room_id = d.room_id
    and a.author is not ifnull(w.id, t.id) and a.sent_at <= o.sent_at
  where o.sent_at <= datetime(a.sent_at, ifnull(nullif(:minutes, ''), 30) || ' minutes')
)
select m.sent_at, a.room, a.speaker, m.text, m.key
from asked a
join messages m on m.id = a.id
where not exists (select 1 from messages o where o.reply_to = a.id)
  and not exists (select 1 from inferred_replies i where i.reply_to = a.id and i.kind = 'mention')
  and a.id not in (select id from called)
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);
