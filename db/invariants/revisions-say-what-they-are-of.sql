-- title: A revision's keys, message, day and load are those of the version it replaced and the one after
-- remedy: restore a backup (`etl restore FILE`)
create temp view revisions_say_what_they_are_of as
with told as (
  select v.id, v.kind, v.message_id, v.key_before, v.key_after, v.day_id, v.load_id, s.removed_by,
         s.room || '/' || s.date || '/' as page,
         (select d.id from days d join rooms r on r.id = d.room_id
          where r.slug = s.room and d.date = s.date) as day_now,
         (select n.load_id from sources n
          where n.room = s.room and n.date = s.date and n.id > s.id order by n.id limit 1) as next
  from revisions v
  join sources s on s.id = v.source_id
  -- older versions of this program did not write down of which day a version was
  where s.room is not null
)
select 'revisions/' || id as place,
       case
         when day_id is not day_now then 'its day is not that of its version'
         when load_id is not next and load_id is not removed_by
           then 'its load is not the one that replaced its version'
         when message_id is null then 'it has a key, but no message'
         else 'its keys are not of its day'
       end as found
from told
where day_id is not day_now
   or (load_id is not next and load_id is not removed_by)
   or (message_id is null and kind <> 'added' and ifnull(key_before, key_after) is not null)
   or substr(ifnull(key_before, page), 1, length(page)) <> page
   or substr(ifnull(key_after, page), 1, length(page)) <> page
order by id;
