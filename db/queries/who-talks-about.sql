-- title: Who talks about it
-- description: Who wrote a word in most messages, and what share of their messages that is.
-- param topic text 支付: the word
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
with recursive chosen as materialized (
  select d.id
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
asked (topic) as (
  select ifnull(nullif(:topic, ''), '支付')
),
phrases (pairs, phrase) as (
  -- the full-text index has Chinese as pairs of characters
  select 1, substr(topic, 1, 2) from asked
  where length(topic) > 1 and topic not glob '*[^一-鿿]*'
  union all
  select pairs + 1, phrase || ' ' || substr(topic, pairs + 1, 2) from phrases, asked
  where pairs + 1 < length(topic)
),
indexed (phrase) as materialized (
  -- of traditional characters it has the simplified ones, so that it finds none of these
  select '"' || phrase || '"' from (select phrase from phrases order by pairs desc limit 1)
  where exists (select 1 from messages_fts where messages_fts match '"' || phrase || '"')
),
found as (
  select m.day_id, m.speaker_id
  from indexed i
  cross join messages_fts f on f.messages_fts match i.phrase
  cross join messages m on m.id = f.rowid
  cross join asked a
  where instr(m.text, a.topic)
  union all
  -- any other word is in no index: every message is looked at, once
  select m.day_id, m.speaker_id
  from asked a
  cross join messages m not indexed
  where not exists (select 1 from indexed) and instr(m.text, a.topic)
),
counted as (
  select w.speaker_id, count(*) as messages
  from found w
  join chosen c on c.id = w.day_id
  where w.speaker_id is not null
  group by w.speaker_id
),
spoken as (
  select x.speaker_id, sum(x.messages) as messages
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  group by x.speaker_id
)
select ifnull(p.name, s.name) as speaker, sum(t.messages) as with_topic,
       sum(o.messages) as messages,
       round(100.0 * sum(t.messages) / sum(o.messages), 1) as percent
from spoken o
join speakers s on s.id = o.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
left join counted t on t.speaker_id = o.speaker_id
group by ifnull(p.id, s.id)
having with_topic > 0
order by with_topic desc, percent desc, speaker
limit ifnull(nullif(:limit, ''), 20);
