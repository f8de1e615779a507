-- Who was asked no further: `screen`, or `quota NAME` when that one was full. The state of such a response stays `started`.
alter table response add column ended text;

-- Completes that count for a quota; counted in the transaction that completes the next one.
create table quota_fill (
    campaign text not null references campaign (name),
    quota text not null,
    response integer not null references response (id),
    primary key (response, quota)
) strict;
create index quota_fill_by_quota on quota_fill (campaign, quota);
