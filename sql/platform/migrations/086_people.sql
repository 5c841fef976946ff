-- What an admin does with accounts, for a role of the database that may not write them: each function asks who is behind
-- the token of a session, and writes the audit event itself.
create function platform.account_behind(session_token text) returns text
language sql set search_path = pg_catalog, pg_temp as $$
    select a.account
    from platform.session as s
    inner join platform.account as a on a.account = s.account
    where s.token_hash = encode(sha256(convert_to(session_token, 'UTF8')), 'hex')
    and s.expires_at > now() and a.is_active
    for share of a
$$;
comment on function platform.account_behind is 'Returns the open account of a session that goes on; null where there is none.';

create function platform.admin_behind(session_token text) returns text
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    name text := platform.account_behind(session_token);
begin
    if platform.role_in_force(name) is distinct from 'admin' then
        raise exception 'only an admin changes accounts' using errcode = 'insufficient_privilege';
    end if;
    return name;
end $$;
comment on function platform.admin_behind is 'Returns the admin whose session it is, or raises.';

create function platform.account_to_change(name text) returns platform.account
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    known platform.account;
begin
    select a.* into known from platform.account as a where a.account = name for update;
    if known.account is null then
        raise exception 'there is no account %; see `quayside accounts`', name;
    end if;
    return known;
end $$;
comment on function platform.account_to_change is 'Returns an account that nobody else changes until the transaction ends, or raises.';

create function platform.make_account(session_token text, name text, its_role text, its_hash text, is_one_time boolean)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    by_whom text := platform.admin_behind(session_token);
begin
    insert into platform.account (account, role, password_hash, must_choose_password, created_by)
    values (name, its_role, its_hash, is_one_time, by_whom) on conflict (account) do nothing;
    if not found then
        raise exception 'there is an account % already', name;
    end if;
    perform platform.tell_account_change(
        by_whom, jsonb_build_object('account', name, 'role', its_role, 'created', true)
    );
end $$;

create function platform.change_role(session_token text, name text, its_role text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    by_whom text := platform.admin_behind(session_token);
    known platform.account := platform.account_to_change(name);
begin
    if known.issuer is not null then
        raise exception 'the role of % follows the groups of the identity provider; change them there', name;
    elsif its_role <> 'admin' and platform.is_last_admin(name) then
        raise exception '% is the last admin; make another one first', name;
    end if;
    update platform.account as a set role = its_role where a.account = name;
    perform platform.tell_account_change(
        by_whom, jsonb_build_object('account', name, 'role_before', known.role, 'role', its_role)
    );
end $$;

create function platform.open_account(session_token text, name text, is_open boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    by_whom text := platform.admin_behind(session_token);
    known platform.account := platform.account_to_change(name);
begin
    if not is_open and platform.is_last_admin(known.account) then
        raise exception '% is the last admin; make another one first', name;
    elsif not is_open then
        delete from platform.session as s where s.account = name;
    end if;
    update platform.account as a set is_active = is_open where a.account = name;
    perform platform.tell_account_change(by_whom, jsonb_build_object('account', name, 'is_active', is_open));
end $$;

create function platform.set_password(session_token text, name text, its_hash text, is_one_time boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    by_whom text := platform.account_behind(session_token);
    known platform.account;
begin
    if name is distinct from by_whom then
        by_whom := platform.admin_behind(session_token);
    end if;
    known := platform.account_to_change(name);
    if known.issuer is not null then
        raise exception '% signs in with an identity provider and has no password here', name;
    end if;
    update platform.account as a set password_hash = its_hash, must_choose_password = is_one_time
    where a.account = name;
    delete from platform.session as s
    where s.account = name and s.token_hash <> encode(sha256(convert_to(session_token, 'UTF8')), 'hex');
    perform platform.tell_account_change(
        by_whom, jsonb_build_object('account', name, 'has_new_password', true, 'is_one_time', is_one_time)
    );
end $$;

comment on function platform.make_account is 'Makes an account with a password, for an admin.';
comment on function platform.change_role is 'Gives an account another role, for an admin; the last admin keeps theirs.';
comment on function platform.open_account is 'Closes an account and ends its sessions, or opens it again, for an admin.';
comment on function platform.set_password is 'Gives an account another password and ends its other sessions: its own person, or an admin.';

revoke execute on function platform.account_behind(text) from public;
revoke execute on function platform.admin_behind(text) from public;
revoke execute on function platform.account_to_change(text) from public;
revoke execute on function platform.make_account(text, text, text, text, boolean) from public;
revoke execute on function platform.change_role(text, text, text) from public;
revoke execute on function platform.open_account(text, text, boolean) from public;
revoke execute on function platform.set_password(text, text, text, boolean) from public;
