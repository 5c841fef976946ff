-- People whom an identity provider signs in: who they are there, and the one door by which the dashboard lets them in.
alter table platform.account
add column issuer text,
add column subject text,
add column must_choose_password boolean not null default false,
add constraint account_known_to_provider unique (issuer, subject),
add constraint account_has_whole_identity check ((issuer is null) = (subject is null)),
add constraint account_has_one_way_in check (issuer is null or password_hash is null);
comment on column platform.account.issuer is 'Identity provider that signs the person in; null where a password does.';
comment on column platform.account.subject is 'Who the person is to that provider; it never changes, while names do.';
comment on column platform.account.must_choose_password is 'Whether the password is good for choosing another one only.';

create function platform.is_last_admin(name text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform 1 from platform.account as a where a.role = 'admin' and a.is_active order by a.account for update;
    return exists (select 1 from platform.account as a where a.account = name and a.role = 'admin' and a.is_active)
    and not exists (select 1 from platform.account as a where a.account <> name and a.role = 'admin' and a.is_active);
end $$;
comment on function platform.is_last_admin is 'Whether without this account nobody could make or change accounts; admins stay as they are until the transaction ends.';

create function platform.tell_account_change(by_whom text, told jsonb) returns void
language sql set search_path = pg_catalog, pg_temp as $$
    insert into platform.audit_event (event, actor, details) values ('account_changed', by_whom, told)
$$;
comment on function platform.tell_account_change is 'Writes the audit event of a change to an account.';

-- A name that is taken is never given to a second person: what counts is who the provider says it is.
create function platform.admit_from_provider(
    the_issuer text, the_subject text, wanted_account text, role_of_groups text
) returns table (account text, refusal text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    known platform.account;
begin
    perform pg_advisory_xact_lock(hashtext('quayside.provider'), hashtext(the_subject));
    select a.* into known from platform.account as a
    where a.issuer = the_issuer and a.subject = the_subject for update;
    if known.account is null then
        if role_of_groups is null then
            return query select null::text, 'no_group';
        elsif exists (select 1 from platform.account as a where a.account = wanted_account) then
            return query select null::text, 'name_taken';
        elsif wanted_account !~ '^[a-z0-9][a-z0-9._@-]{0,63}$' then
            return query select null::text, 'bad_name';
        else
            insert into platform.account (account, role, issuer, subject, created_by)
            values (wanted_account, role_of_groups, the_issuer, the_subject, 'system');
            perform platform.tell_account_change('system', jsonb_build_object(
                'account', wanted_account, 'role', role_of_groups, 'issuer', the_issuer, 'created', true
            ));
            return query select wanted_account, null::text;
        end if;
    elsif not known.is_active then
        return query select known.account, 'closed';
    elsif role_of_groups is null then
        delete from platform.session as s where s.account = known.account;
        return query select known.account, 'no_group';
    elsif role_of_groups <> 'admin' and platform.is_last_admin(known.account) then
        return query select known.account, 'last_admin';
    else
        if known.role <> role_of_groups then
            update platform.account as a set role = role_of_groups where a.account = known.account;
            perform platform.tell_account_change('system', jsonb_build_object(
                'account', known.account, 'role_before', known.role, 'role', role_of_groups, 'issuer', the_issuer
            ));
        end if;
        return query select known.account, null::text;
    end if;
end $$;
comment on function platform.admit_from_provider is 'Makes the account of a person whom a provider has signed in, or gives it the role of its groups; it reaches no account with a password.';

revoke execute on function platform.is_last_admin(text) from public;
revoke execute on function platform.tell_account_change(text, jsonb) from public;
revoke execute on function platform.admit_from_provider(text, text, text, text) from public;
