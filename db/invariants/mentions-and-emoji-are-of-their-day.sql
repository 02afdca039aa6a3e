-- title: A mention and an emoji have the day and the speaker of their message
-- remedy: `etl rebuild derived` copies them anew
create temp view mentions_and_emoji_are_of_their_day as
select m.key as place, 'its mentions are of another day or speaker' as found
from messages m
join mentions n on n.message_id = m.id
where n.day_id <> m.day_id or n.from_speaker_id is not m.speaker_id
group by m.id
union all
select m.key, 'its emoji are of another day or speaker'
from messages m
join message_emoji t on t.message_id = m.id
where t.day_id <> m.day_id or t.speaker_id is not m.speaker_id
group by m.id
order by place, found;
