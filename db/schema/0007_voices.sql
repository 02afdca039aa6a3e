-- Who wrote when, a day in one piece: who is who looks at many days for each name that changed.
-- Days that were loaded before get theirs when they are looked at first.

create table voices (
  -- Who wrote when on a day, packed so that all of it is read at once; made from its messages.
  day_id integer primary key references days (id), -- the day
  packed blob not null -- compressed (zlib): four columns of 32-bit integers, little-endian, in the order of time, notices left out: seconds since midnight, each less the one before; the ids of speakers; the ids of messages, each less the one before; 1 where another speaker wrote the same text in the same second, else 0
) strict;
