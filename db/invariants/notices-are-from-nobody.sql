-- title: A system notice is from nobody, everything else from somebody
-- remedy: `etl rebuild messages --from PATH` with the page's file, or restore a backup (`etl restore FILE`)
create temp view notices_are_from_nobody as
select key as place,
       'its kind is ' || kind || iif(speaker_id is null, ', and it is from nobody',
                                     ', and it is from somebody') as found
from messages
where (kind = 'notice') <> (speaker_id is null)
order by id;
