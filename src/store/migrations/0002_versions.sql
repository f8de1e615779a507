-- A launched campaign whose spec changed keeps what was in force before, until when, and what the change was.
create table campaign_version (
    campaign text not null references campaign (name),
    no integer not null,
    files text not null,
    plan text not null,
    plan_hash text not null,
    since integer not null,
    until integer not null,
    changes text not null, -- what the next version does differently, with effects and reasons
    primary key (campaign, no)
) strict;

alter table campaign add column version integer not null default 1;
alter table campaign add column since integer; -- null: since the launch

-- Under which version a form was begun and saved last; `versions` has the items that were answered under another
-- version than the first.
alter table response add column first_version integer not null default 1;
alter table response add column last_version integer not null default 1;
alter table response add column versions text not null default '{}';

-- Steps whose messages are still to be planned again, and up to which invitation that was done.
create table replan (
    campaign text primary key references campaign (name),
    steps text not null,
    done integer not null default 0
) strict;
