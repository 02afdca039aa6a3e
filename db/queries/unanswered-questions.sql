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
  select m.id, m.sent_at, m.key, m.text, d.date, d.room_id, r.slug as room,
         ifnull(p.id, s.id) as author,
         ifnull(p.name, s.name) as speaker,
         -- what is quoted was asked by somebody else
         ifnull(q.reply, m.text) as said
  from days d
  join rooms r on r.id = d.room_id
  -- so that it goes day by day from the newest, and no further than it takes
  cross join messages m on m.day_id = d.id
  left join quotes q on q.message_id = m.id
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
)
select a.sent_at, a.room, a.speaker, a.text, a.key
from asked a
where not exists (select 1 from messages o where o.reply_to = a.id)
  and not exists (select 1 from inferred_replies i where i.reply_to = a.id and i.kind = 'mention')
  and not exists (
    select 1
    from days e
    join messages o on o.day_id = e.id
    join mentions n on n.message_id = o.id
    join speakers s on s.id = n.speaker_id
    left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
    left join speakers t on t.id = o.speaker_id
    left join people w on w.id = t.person_id and ifnull(:by_name, '') in ('', 0, '0')
    where e.room_id = a.room_id
      and e.date >= a.date
      and e.date <= date(a.sent_at, ifnull(nullif(:minutes, ''), 30) || ' minutes')
      and o.sent_at >= a.sent_at
      and o.sent_at <= datetime(a.sent_at, ifnull(nullif(:minutes, ''), 30) || ' minutes')
      and ifnull(p.id, s.id) = a.author
      and ifnull(w.id, t.id) is not a.author
  )
order by a.date desc, a.sent_at desc, a.key
limit ifnull(nullif(:limit, ''), 50);
