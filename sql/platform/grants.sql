-- Who may do what in the database? Applied by every `quayside migrate`, after the migrations, for the roles that exist.
do $$
declare
    role_name text;
    dataset_schema text;
begin
    execute format('revoke all on database %I from public', current_database());
    for role_name in
        select r.rolname from pg_roles as r
        where r.rolname in ('quayside_loader', 'quayside_dashboard', 'quayside_analyst')
    loop
        execute format('grant connect on database %I to %I', current_database(), role_name);
        execute format('revoke all on all tables in schema platform from %I', role_name);
        execute format('grant usage on schema platform to %I', role_name);
        for dataset_schema in
            select n.nspname from pg_namespace as n inner join platform.dataset as d on d.name = n.nspname
        loop
            execute format('revoke all on all tables in schema %I from %I', dataset_schema, role_name);
            execute format('grant usage on schema %I to %I', dataset_schema, role_name);
            execute format('grant select on all tables in schema %I to %I', dataset_schema, role_name);
        end loop;
    end loop;

    -- Flows load files and try saved corrections; they see no password and no session.
    if to_regrole('quayside_loader') is not null then
        execute format('grant temporary on database %I to quayside_loader', current_database());
        grant select on all tables in schema platform to quayside_loader;
        revoke all on platform.account, platform.session, platform.sign_in_throttle from quayside_loader;
        grant select (account, role, is_active) on platform.account to quayside_loader;
        grant insert on platform.audit_event, platform.unclaimed_object, platform.correction,
        platform.exception_correction to quayside_loader;
        grant insert, update on platform.file, platform.run, platform.exception, platform.correction_conflict
        to quayside_loader;
        grant insert, update, delete on platform.watcher, platform.run_progress to quayside_loader;
        grant insert, delete on platform.run_rule, platform.finding to quayside_loader;
        grant insert, update on platform.run_column to quayside_loader;
        grant execute on function platform.role_in_force(text), platform.fold_dataset(text),
        platform.allocate_batch(date, text, text), platform.seal_audit() to quayside_loader;
    end if;

    -- The dashboard shows everything and writes what its people may; accounts it changes by the functions that ask for an
    -- admin's session, or for an identity that has no password.
    if to_regrole('quayside_dashboard') is not null then
        execute format('grant temporary on database %I to quayside_dashboard', current_database());
        grant select on all tables in schema platform to quayside_dashboard;
        grant insert, delete on platform.session to quayside_dashboard;
        grant insert, update, delete on platform.sign_in_throttle, platform.saved_view to quayside_dashboard;
        grant insert on platform.audit_event, platform.correction, platform.exception_correction,
        platform.review_decision to quayside_dashboard;
        grant update on platform.file, platform.run to quayside_dashboard;
        grant insert, update on platform.exception, platform.waiver, platform.correction_conflict, platform.upload
        to quayside_dashboard;
        grant insert, delete on platform.run_rule, platform.finding to quayside_dashboard;
        grant insert, update on platform.run_column to quayside_dashboard;
        grant execute on function platform.role_in_force(text), platform.fold_dataset(text),
        platform.allocate_batch(date, text, text), platform.seal_audit(), platform.admit_from_provider(text, text, text, text),
        platform.make_account(text, text, text, text, boolean), platform.change_role(text, text, text),
        platform.open_account(text, text, boolean), platform.set_password(text, text, text, boolean)
        to quayside_dashboard;
    end if;

    -- Rows and figures of every dataset change by a load and by a correction; what is finer stands beside the dataset.
    for role_name, dataset_schema in
        select r.rolname, n.nspname
        from pg_roles as r, pg_namespace as n
        inner join platform.dataset as d on d.name = n.nspname
        where r.rolname in ('quayside_loader', 'quayside_dashboard')
    loop
        execute format('grant insert, update, delete on all tables in schema %I to %I', dataset_schema, role_name);
    end loop;

    -- The object store tells of puts.
    if to_regrole('quayside_notifier') is not null then
        execute format('grant connect on database %I to quayside_notifier', current_database());
        grant usage on schema platform to quayside_notifier;
        grant select, insert on platform.landing_event to quayside_notifier;
    end if;

    -- Analysts read marts, figures and measures; held rows, people and the audit trail are none of them.
    if to_regrole('quayside_analyst') is not null then
        grant select on platform.dataset, platform.rule, platform.batch, platform.file, platform.run,
        platform.run_rule, platform.run_column, platform.run_missing, platform.run_measures, platform.dataset_measures,
        platform.held_by_category, platform.control, platform.control_effectiveness to quayside_analyst;
    end if;
end $$;
