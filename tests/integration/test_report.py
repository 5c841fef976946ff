"""The report of a batch for the downstream system."""

import csv
import io

import pytest

from flows.core.errors import MistakeError
from flows.services import queries, reports
from tests.conftest import Place

COLUMNS = [
    "id",
    "file_name",
    "file_date",
    "channel",
    "operator",
    "created_date",
    "commercial_name",
    "package_name",
    "package_type",
    "price",
    "price_uom",
    "benefit",
    "description",
    "validity",
    "validity_uom",
    "province",
    "city",
    "main_quota",
    "main_quota_uom",
    "local_quota",
    "localquota_uom",
    "total_data_quota",
    "total_data_quota_uom",
    "ppmb_total_data_quota",
    "status_4g",
    "youtube",
    "other_video",
    "chat_socmed",
    "mds",
    "games",
    "music",
    "weekend",
    "streaming_apps",
    "provider_apps",
    "sms_onnet",
    "sms_offnet",
    "voice_onnet",
    "voice_offnet",
    "voice_allnet",
    "dpi",
    "unlimited",
    "parsed_at",
    "ml_proc_status",
    "ml_proc_at",
    "product_id",
    "package_name_clean",
    "city_clean",
    "offering_type",
    "activation_date",
    "los",
    "los_group",
    "umb_layer",
    "msisdn",
    "contact_fullname",
    "ppmb_main_quota",
    "load_date",
    "event_date",
    "channel_clean",
    "operator_clean",
    "week",
    "price_group",
    "validity_group",
    "area",
    "zone",
    "%",
    "xx",
    "segment price",
    "weekly segment",
    "daily segment",
    "total_main_quota",
    "segment operator",
]


def test_the_report_has_its_71_columns_and_constants(place: Place) -> None:
    place.drop(
        "commercial_name,package_name,main_detail,package_description,benefit_detail,price,validity\n"
        "Brand, YouTube Pack 7 Hari ,,Kuota 3GB,Bonus,Rp 62.700,\n"
        "Unlimited,Plain,Detail,Kuota 2GB,,500,30\n",
        "XL_Medan_less3_20260115.csv",
        "telco_packages",
    )
    dataset = place.parts.datasets["telco_packages"]
    target = place.folder / "report.csv"

    rows = queries.export_report(
        place.parts.warehouse,
        place.sign_in("viewer"),
        dataset,
        dataset.reports[0],
        place.one("select batch from platform.batch"),
        target,
    )

    with target.open(newline="") as source:
        reader = csv.DictReader(source)
        first, second = list(reader)
        assert reader.fieldnames == COLUMNS
    assert (rows, len(COLUMNS)) == (2, 71)
    shown = {
        name: first[name]
        for name in ("channel", "price", "price_uom", "validity", "youtube", "main_quota", "unlimited", "week")
    }
    assert shown == {
        "channel": "Mobile Apps",
        "price": "62700",
        "price_uom": "IDR",
        "validity": "7",
        "youtube": "3",
        "main_quota": "0",
        "unlimited": "No",
        "week": "3",
    }
    assert first["description"] == '""main_detail"": - || ""package_description"": Kuota 3GB'
    assert first["package_name_clean"] == "youtube pack 7 hari"
    assert (second["unlimited"], second["main_quota"], second["total_data_quota"]) == ("Yes", "2", "2")
    assert {first["status_4g"], first["ml_proc_status"], first["main_quota_uom"]} == {"Unknown", "Done", "GB"}


def test_its_texts_are_no_formulas_in_a_spreadsheet_and_its_file_is_named_by_the_batch(place: Place) -> None:
    place.drop(
        "commercial_name,package_name,main_detail,package_description,benefit_detail,price,validity\n"
        "=1+1,+Pack 7 Hari,,Kuota 3GB,@bonus,62700,\n",
        "XL_Medan_less3_20260115.csv",
        "telco_packages",
    )
    dataset, sent = place.parts.datasets["telco_packages"], io.BytesIO()
    report = reports.report_of(dataset, "reporting_telkom")
    batch = place.one("select batch from platform.batch")
    reports.send_report(place.parts.warehouse, place.sign_in("viewer"), dataset, report, batch, sent.write)
    (row,) = csv.DictReader(io.StringIO(sent.getvalue().decode()))
    told = ("commercial_name", "package_name", "benefit", "package_name_clean", "price")
    assert [row[name] for name in told] == ["'=1+1", "'+Pack 7 Hari", "'@bonus", "'+pack 7 hari", "62700"]
    assert reports.file_name(report, "batch_251126_7") == "reporting_telkom_251126_7.csv"
    with pytest.raises(MistakeError, match="no batch 'batch_010100_1'"):
        reports.send_report(
            place.parts.warehouse, place.sign_in("viewer"), dataset, report, "batch_010100_1", sent.write
        )
    with pytest.raises(MistakeError, match="no report 'other'; there is: reporting_telkom"):
        reports.report_of(dataset, "other")
