"""Telco packages: the prepaid catalogue of one operator in one city on one day, prices in Indonesian rupiah."""

from flows.core.dataset import Aggregate, Dataset, Report, Subset
from flows.datasets.telco_packages.columns import COLUMNS, DERIVED
from flows.datasets.telco_packages.file_name import warnings
from flows.datasets.telco_packages.rules import REPEAT, RULES
from flows.datasets.telco_packages.samples import file_names, good_rows
from flows.datasets.telco_packages.transform import MEASURES, derive
from flows.datasets.telco_packages.views import VIEWS

DATASET = Dataset(
    name="telco_packages",
    title="Telco packages",
    columns=COLUMNS,
    null_tokens=("NULL", "N/A", "NaN", "-"),
    rules=RULES,
    repeat_rule=REPEAT,
    matched_by=("commercial_name", "package_name"),
    derived=DERIVED,
    derive=derive,
    references=("price_thresholds",),
    file_warnings=warnings,
    identity="bytes_and_name",
    new_version="replace",
    mart_table="packages",
    aggregates=(
        Aggregate(
            table="package_counts",
            group_by=(
                "operator",
                "city",
                "line_of_service",
                "file_date",
                "area",
                "price_tier",
                "validity_group",
                "package_type",
            ),
            measures=MEASURES,
        ),
    ),
    settle_query="settle_price_per_gb",
    views=VIEWS,
    reports=(Report(name="reporting_telkom", query="reporting_telkom"),),
    subsets=(
        Subset(name="latest", title="the latest snapshots", condition="is_of_latest_snapshot"),
        Subset(name="priced_per_gb", title="with a price per GB", condition="has_price_per_gb"),
        Subset(name="not_priced_per_gb", title="left out of price per GB", condition="has_no_price_per_gb"),
    ),
    example={
        "commercial_name": "Freedom",
        "package_name": "Freedom Internet 18GB 30 Hari",
        "main_detail": "",
        "package_description": "Kuota Utama 18GB, masa aktif 30 hari",
        "benefit_detail": "Bonus kuota malam",
        "benefit_app": "",
        "price": "Rp 62.700",
        "validity": "30",
    },
    example_name="Indosat_Medan_more3_20260115_jaksel8.csv",
    good_rows=good_rows,
    sample_names=file_names,
    sample_rows=300,
)
