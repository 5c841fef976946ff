"""What the columns of a telco catalogue mean."""

from flows.core.dataset import Column, Derived
from flows.core.kinds import Money, Text

_TEXT = Text()

COLUMNS = (
    Column(
        name="commercial_name",
        mart_name="commercial_name",
        kind=_TEXT,
        meaning="Brand under which the package is sold.",
        required=False,
    ),
    Column(name="package_name", mart_name="package_name", kind=_TEXT, meaning="Name of the package."),
    Column(
        name="main_detail", mart_name="main_detail", kind=_TEXT, meaning="Short text of the operator.", required=False
    ),
    Column(
        name="package_description",
        mart_name="package_description",
        kind=_TEXT,
        meaning="Long text of the operator.",
        required=False,
    ),
    Column(name="benefit_detail", mart_name="benefit_detail", kind=_TEXT, meaning="Benefits as told.", required=False),
    Column(name="benefit_app", mart_name="benefit_app", kind=_TEXT, meaning="Apps that are included.", required=False),
    Column(name="price", mart_name="price_idr", kind=Money(), meaning="Price of the package in rupiah."),
    Column(name="validity", mart_name="validity", kind=_TEXT, meaning="Validity as told.", required=False),
)

DERIVED = (
    Derived(name="file_name", postgres_type="text", meaning="Base name of the file, without its extension."),
    Derived(name="operator", postgres_type="text", meaning="Operator from the file name, Unknown where it lacks one."),
    Derived(name="city", postgres_type="text", meaning="City from the file name, Unknown where it lacks one."),
    Derived(
        name="line_of_service",
        postgres_type="text",
        meaning="less_than_3_months, more_than_3_months or Unknown, from less3 and more3 in the file name.",
    ),
    Derived(name="file_date", postgres_type="date", meaning="First real date in the file name, else the landing day."),
    Derived(name="area", postgres_type="integer", meaning="Sales area 1 to 4 of the city."),
    Derived(
        name="description",
        postgres_type="json",
        meaning="main_detail and package_description as one JSON object, missing parts null.",
    ),
    Derived(name="price_tier", postgres_type="text", meaning="High, Medium or Low, by telco_packages.price_threshold."),
    Derived(name="validity_days", postgres_type="integer", meaning="Days of validity, null where nothing says so."),
    Derived(name="validity_group", postgres_type="text", meaning="Daily, Weekly, Monthly, >30Days or Unknown by days."),
    Derived(
        name="quota_gb", postgres_type="numeric(18,6)", meaning="First amount of data in the description, 0 without."
    ),
    Derived(
        name="headline_quota_gb",
        postgres_type="numeric(18,6)",
        meaning="Amount in the package name, else in the description; null for unlimited, per-day and unknown ones.",
    ),
    Derived(
        name="quota_category",
        postgres_type="text",
        meaning="What the quota is for: other_video, games, youtube, chat_socmed, mds or main_quota.",
    ),
    Derived(
        name="package_type", postgres_type="text", meaning="Combo, Unlimited, Roaming, DPI or Internet, by the names."
    ),
)
