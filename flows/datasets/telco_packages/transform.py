"""What is computed from a telco package and its file name."""

import re
from datetime import date

import polars as pl

from flows.core.dataset import Context
from flows.datasets.telco_packages.file_name import FileName, read_file_name

MEASURES = {"packages": pl.len().cast(pl.Int64), "price_sum_idr": pl.col("price_idr").sum()}

AREAS = {
    1: ("medan", "sumatera", "padang", "palembang", "aceh", "pekanbaru", "batam", "lampung"),
    2: ("jakarta", "jabo", "jabodetabek", "bogor", "depok", "tangerang", "bekasi"),
    3: (
        "jateng",
        "jaktim",
        "lombok",
        "semarang",
        "solo",
        "yogyakarta",
        "surabaya",
        "malang",
        "denpasar",
        "bali",
    ),
}
OTHER_AREA = 4

_DAY_WORDS = r"(hari|hr|days?|d|minggu|weeks?|bulan|bln|months?|tahun|years?)"
_DAYS_PER = {"minggu": 7, "week": 7, "bulan": 30, "bln": 30, "month": 30, "tahun": 365, "year": 365}
_PER_DAY = r"(?:/|\bper)[\s-]*(?:hari|day)\b"


def derive(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add every derived column; the rows have a package name and a price."""
    name = read_file_name(context.base_name)
    file_date = name.file_date or context.landed_on
    return (
        rows.with_columns(*_from_file_name(name, file_date), _description_json().alias("description"))
        .with_columns(
            _price_tier(context.references["price_thresholds"], name.operator, file_date).alias("price_tier"),
            _validity_days().alias("validity_days"),
            _gigabytes(_described()).fill_null(0).alias("quota_gb"),
            _quota_category().alias("quota_category"),
            _package_type().alias("package_type"),
        )
        .with_columns(
            _validity_group().alias("validity_group"),
            _headline_quota_gb().alias("headline_quota_gb"),
        )
    )


def area_of(city: str) -> int:
    """Return the sales area of a city, compared by its letters alone."""
    letters = re.sub(r"[^a-z]", "", city.lower())
    return next((area for area, cities in AREAS.items() if letters in cities), OTHER_AREA)


def _from_file_name(name: FileName, file_date: date) -> list[pl.Expr]:
    return [
        pl.lit(name.stem).alias("file_name"),
        pl.lit(name.operator).alias("operator"),
        pl.lit(name.city).alias("city"),
        pl.lit(name.line_of_service).alias("line_of_service"),
        pl.lit(file_date).alias("file_date"),
        pl.lit(area_of(name.city), pl.Int32).alias("area"),
    ]


def _description_json() -> pl.Expr:
    return pl.struct("main_detail", "package_description").struct.json_encode()


def _described() -> pl.Expr:
    return pl.coalesce("package_description", "main_detail", pl.lit(""))


def _price_tier(thresholds: pl.DataFrame, operator: str, file_date: date) -> pl.Expr:
    """Return the tier by the newest thresholds that hold on the file date, the operator's own before the general."""
    in_force = (
        thresholds.filter(pl.col("starts_on") <= file_date)
        .filter(
            pl.col("operator").is_null() | (pl.col("operator").cast(pl.String).str.to_lowercase() == operator.lower())
        )
        .sort(pl.col("operator").is_null(), pl.col("starts_on"), descending=[False, True])
    )
    limits = in_force.row(0, named=True)
    return (
        pl.when(pl.col("price_idr") >= limits["high_from_idr"])
        .then(pl.lit("High"))
        .when(pl.col("price_idr") >= limits["medium_from_idr"])
        .then(pl.lit("Medium"))
        .otherwise(pl.lit("Low"))
    )


def _validity_days() -> pl.Expr:
    bare = pl.col("validity").str.extract(r"^([0-9]{1,4})(?:\.0+)?$").cast(pl.Int32)
    package_name = pl.col("package_name").str.to_lowercase()
    habit = (
        pl.when(package_name.str.contains("harian|daily"))
        .then(1)
        .when(package_name.str.contains("mingguan|weekly"))
        .then(7)
        .when(package_name.str.contains("bulanan|monthly"))
        .then(30)
    )
    texts = ("package_name", "package_description", "main_detail", "validity")
    return pl.coalesce(*(_days_told(pl.col(text)) for text in texts), bare, habit).cast(pl.Int32)


def _days_told(text: pl.Expr) -> pl.Expr:
    """Return the first number before a word for days, weeks, months or years, in days."""
    pattern = rf"(?i)(?:^|[^0-9.,])([0-9]{{1,4}})[\s-]*{_DAY_WORDS}\b"
    unit = text.str.extract(pattern, 2).str.to_lowercase().str.strip_suffix("s")
    return text.str.extract(pattern, 1).cast(pl.Int32) * unit.replace_strict(
        _DAYS_PER, default=1, return_dtype=pl.Int32
    )


def _validity_group() -> pl.Expr:
    days = pl.col("validity_days")
    return (
        pl.when(days.is_null())
        .then(pl.lit("Unknown"))
        .when(days <= 1)
        .then(pl.lit("Daily"))
        .when(days <= 7)
        .then(pl.lit("Weekly"))
        .when(days <= 30)
        .then(pl.lit("Monthly"))
        .otherwise(pl.lit(">30Days"))
    )


def _gigabytes(text: pl.Expr) -> pl.Expr:
    """Return the first amount in GB, else the first in MB / 1024, to six decimals; null where none stands."""
    gigabytes = _millionths(text.str.extract(r"(?i)([0-9]{1,6}(?:[.,][0-9]{1,6})?)\s*gb"))
    megabytes = _millionths(text.str.extract(r"(?i)([0-9]{1,6}(?:[.,][0-9]{1,6})?)\s*mb"))
    return _from_millionths(pl.coalesce(gigabytes, (megabytes + 512) // 1024))


def _millionths(amount: pl.Expr) -> pl.Expr:
    whole = amount.str.extract(r"^([0-9]+)").cast(pl.Int64)
    fraction = amount.str.extract(r"[.,]([0-9]+)$").fill_null("").str.pad_end(6, "0").cast(pl.Int64)
    return whole * 1_000_000 + fraction


def _from_millionths(millionths: pl.Expr) -> pl.Expr:
    return (millionths.cast(pl.Decimal(38, 6)) / 1_000_000).cast(pl.Decimal(18, 6))


def _headline_quota_gb() -> pl.Expr:
    told = pl.coalesce(_gigabytes(pl.col("package_name")), _gigabytes(_described()))
    per_day = pl.concat_str("package_name", _described(), separator=" ").str.to_lowercase().str.contains(_PER_DAY)
    names = pl.concat_str(pl.col("commercial_name").fill_null(""), "package_name", separator=" ").str.to_lowercase()
    return pl.when(~names.str.contains("unlimited") & ~per_day & (told > 0)).then(told)


def _quota_category() -> pl.Expr:
    name = pl.col("package_name").str.to_lowercase()
    described = _described().str.to_lowercase()
    fun = described.str.contains("fun services") & name.str.contains("genflix")
    film = described.str.contains(r"klikfilm|lionsgate|\bviu\b|vision plus|other video")
    return (
        pl.when((fun & ~name.str.contains("susun gambar|popgames")) | (film & ~described.str.contains("trivia")))
        .then(pl.lit("other_video"))
        .when(described.str.contains("trivia time") & ~name.str.contains("match quiz 3 days"))
        .then(pl.lit("games"))
        .when(name.str.contains("youtube") | described.str.contains("youtube"))
        .then(pl.lit("youtube"))
        .when(name.str.contains("game") | described.str.contains(r"mobile legends|free fire|\bpubg\b"))
        .then(pl.lit("games"))
        .when(name.str.contains("sosmed") | described.str.contains("whatsapp|facebook|instagram|tiktok"))
        .then(pl.lit("chat_socmed"))
        .when(name.str.contains("night") | described.str.contains("malam|00-06"))
        .then(pl.lit("mds"))
        .otherwise(pl.lit("main_quota"))
    )


def _package_type() -> pl.Expr:
    brand = pl.col("commercial_name").fill_null("").str.to_lowercase()
    name = pl.col("package_name").str.to_lowercase()
    return (
        pl.when(brand.str.contains("akrab") | name.str.contains("combo"))
        .then(pl.lit("Combo"))
        .when(brand.str.contains("unlimited") | name.str.contains("unlimited"))
        .then(pl.lit("Unlimited"))
        .when(brand.str.contains("roaming"))
        .then(pl.lit("Roaming"))
        .when(brand.str.contains("video|music"))
        .then(pl.lit("DPI"))
        .otherwise(pl.lit("Internet"))
    )
