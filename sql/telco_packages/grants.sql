-- Thresholds are entered by people only, and taken back by a mark.
do $$
begin
    if to_regrole('quayside_loader') is not null then
        revoke insert, update, delete on telco_packages.price_threshold from quayside_loader;
    end if;
    if to_regrole('quayside_dashboard') is not null then
        revoke delete on telco_packages.price_threshold from quayside_dashboard;
    end if;
end $$;
