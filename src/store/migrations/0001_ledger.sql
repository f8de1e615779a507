-- Times are milliseconds since 1970 in UTC; lists and maps are JSON.
pragma application_id = 1129208403; -- "CNVS"

create table secret_check (
    one integer primary key check (one = 1),
    digest blob not null
) strict;

create table campaign (
    name text primary key,
    files text not null,
    plan text not null,
    plan_hash text not null,
    launched_at integer not null,
    paused integer not null default 0
) strict;

-- The answers' side: nothing here names a person.
create table response (
    id integer primary key,
    campaign text not null references campaign (name),
    pseudonym text not null unique,
    cell integer,
    language text not null,
    channel text not null,
    state text not null check (state in ('started', 'completed', 'withdrawn')),
    started_at integer not null,
    updated_at integer not null,
    completed_at integer,
    page integer not null default 0,
    answers text not null default '{}',
    fields text not null default '{}',
    version integer not null default 0
) strict;
create index response_campaign on response (campaign);

create table page_save (
    response integer not null references response (id),
    submission text not null,
    version integer not null,
    at integer not null,
    primary key (response, submission)
) strict, without rowid;

-- The identifying side; `response_id` is the only link between the two.
create table invitation (
    id integer primary key,
    campaign text not null references campaign (name),
    key text not null,
    occasion text not null,
    cell integer not null,
    position integer not null,
    language text not null,
    timezone text,
    name text,
    email text,
    mobile text,
    email_key text,
    mobile_key text,
    fields text not null,
    nonce blob not null,
    token_hash blob not null unique,
    released_at integer,
    event_at integer,
    response_id integer references response (id),
    unique (campaign, key, occasion)
) strict;
create index invitation_cell on invitation (campaign, cell, position);
create index invitation_waiting on invitation (campaign, cell, position) where released_at is null;
create index invitation_email on invitation (email_key) where email_key is not null;
create index invitation_mobile on invitation (mobile_key) where mobile_key is not null;
create index invitation_response on invitation (response_id) where response_id is not null;

create table arrival (
    campaign text not null references campaign (name),
    key text not null,
    cell integer not null,
    day text not null,
    drawn integer not null,
    primary key (campaign, key)
) strict, without rowid;

create table suppression (
    kind text not null check (kind in ('email', 'mobile')),
    address text not null,
    reason text not null,
    at integer not null,
    primary key (kind, address)
) strict, without rowid;

-- One row per invitation (campaign, person, occasion) and step.
create table message (
    id integer primary key,
    campaign text not null references campaign (name),
    invitation integer not null references invitation (id),
    step text not null,
    via integer not null,
    channel text not null,
    contact text not null check (contact in ('email', 'mobile')),
    state text not null check (state in ('queued', 'sending', 'accepted', 'listed', 'unknown', 'rejected',
        'render_error', 'expired', 'suppressed', 'cancelled')),
    due integer,           -- null: waits for the invitation's first message
    wait integer,          -- milliseconds after the first message; null: is the first message
    not_after integer not null,
    tries integer not null default 0,
    fence integer not null default 0,
    first_at integer,
    sent_at integer,
    message_id text,
    detail text,
    unique (invitation, step)
) strict;
-- Half of the outbox's speed is this index holding nothing but what is still to be sent.
create index message_due on message (campaign, channel, due, id) where state = 'queued';
create index message_end on message (campaign, not_after) where state = 'queued';
create index message_sending on message (campaign) where state = 'sending';
create index message_state on message (campaign, step, channel, state);

-- How many messages each step was given; the sum over states must equal it at every moment.
create table planned (
    campaign text not null references campaign (name),
    step text not null,
    count integer not null,
    primary key (campaign, step)
) strict, without rowid;

-- What was tried: an intent before anything leaves, a result afterwards; rows never change.
create table attempt (
    message integer not null references message (id),
    no integer not null,
    kind text not null check (kind in ('intent', 'result')),
    channel text not null,
    at integer not null,
    phase text not null check (phase in ('pre', 'sent')),
    class text not null,
    reply text not null,
    primary key (message, no, kind)
) strict, without rowid;
create trigger attempt_is_append_only before update on attempt
begin
    select raise(abort, 'attempts are never changed');
end;

-- The next free moment of a channel with a rate.
create table pace (
    campaign text not null references campaign (name),
    channel text not null,
    next_at integer not null,
    primary key (campaign, channel)
) strict, without rowid;
