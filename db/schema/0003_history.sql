-- Of which day each version of a file is: so every earlier version of a page can be written again,
-- and what was loaded of a day stays when the day itself is removed (`etl load --prune`).

alter table sources add column room text /* short name of the room whose day it is; empty where an older version of this program replaced it without writing down of which day it was */;
alter table sources add column date text /* that day, YYYY-MM-DD; empty as room */;
alter table sources add column removed_by integer references loads (id) /* the run that removed its day, as its file was gone; empty while it is loaded or where another version replaced it */;
create index sources_room on sources (room, date);
create index sources_removed_by on sources (removed_by) where removed_by is not null;

alter table revisions rename to revisions_2;
create table revisions (
  -- What a later export of a day changed, with what stood there before; of a removed day, all.
  id integer primary key, -- the revision's number
  load_id integer not null references loads (id), -- the run that made the change
  day_id integer references days (id) on delete set null, -- its day; empty while that is removed: sources tell which it was
  source_id integer not null references sources (id), -- the version that was replaced
  kind text not null check (kind in ('added', 'changed', 'moved', 'removed')), -- moved: same bytes, another key
  message_id integer, -- of the message it is about (gone if removed); empty for other parts of the page
  key_before text, -- the message's key in the replaced version
  key_after text, -- and in the one that replaced it
  position_before integer, -- place on the page, 0 for its head; empty if added
  position_after integer, -- empty if removed
  before blob, -- the bytes it replaced; empty if added or moved
  after blob -- the bytes that replaced them; empty if removed or moved
) strict;
insert into revisions
select id, load_id, day_id, source_id, kind, message_id, key_before, key_after, position_before,
       position_after, before, after
from revisions_2;
drop table revisions_2;
create index revisions_day_id on revisions (day_id);
create index revisions_message_id on revisions (message_id);
create index revisions_load_id on revisions (load_id);
create index revisions_source_id on revisions (source_id);
create index revisions_key_before on revisions (key_before) where key_before is not null;
create index revisions_key_after on revisions (key_after) where key_after is not null;

update sources set (room, date) = (
  select r.slug, d.date from days d join rooms r on r.id = d.room_id where d.source_id = sources.id
);
update sources set (room, date) = (
  select r.slug, d.date
  from revisions v join days d on d.id = v.day_id join rooms r on r.id = d.room_id
  where v.source_id = sources.id limit 1
) where room is null;
-- what nothing tells of, such as a page of which only the line ends changed, is of the day that
-- was loaded from the same path
update sources set (room, date) = (
  select o.room, o.date from sources o where o.path = sources.path and o.room is not null
  group by o.path having count(distinct o.room || '/' || o.date) = 1
) where room is null;

-- added messages got no number: theirs is that of whoever had their key next
update revisions set message_id = coalesce(
  (select n.message_id from revisions n
   where n.key_before = revisions.key_after and n.load_id > revisions.load_id
   order by n.id limit 1),
  (select m.id from messages m where m.key = revisions.key_after)
) where kind = 'added' and message_id is null and key_after is not null;
