-- title: Topics over time
-- description: How many messages of each month have a word in them, and by how many people.
-- param topic text 支付: the word
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with recursive chosen as materialized (
  select d.id, substr(d.date, 1, 7) as month, d.messages
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
said as (
  select c.month, count(*) as with_topic, count(distinct ifnull(p.id, s.id)) as speakers
  from found w
  join chosen c on c.id = w.day_id
  left join speakers s on s.id = w.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by c.month
)
select c.month, ifnull(t.with_topic, 0) as with_topic, ifnull(t.speakers, 0) as speakers,
       sum(c.messages) as messages
from chosen c
left join said t on t.month = c.month
group by c.month
order by c.month;
