"""Alerts as automations of Prefect: made by `quayside up` and by the setup of the containers; again is safe.

`python -m flows.alerts` brings the Prefect server that `PREFECT_API_URL` names to what the settings say: with neither
an address of a webhook nor one of e-mail it removes what it made before.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from apprise import Apprise
from prefect.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.actions import CallWebhook, SendNotification
from prefect.types import SecretDict

from flows.core.errors import MistakeError, QuaysideError
from flows.events import OVER_TARGET
from flows.settings import Settings, read_settings

PREFIX = "Quayside: "
BLOCK = "quayside-alerts"
MAIL_BLOCK = "quayside-alerts-mail"
FLOWS = ("pickup", "ingest", "resubmit", "replay")
_RUN = {
    "run_id": "flow_run.id | string",
    "flow": "flow.name",
    "run": "flow_run.name",
    "file": "(flow_run.name | string).split(' · ')[0]",
    "sentence": (
        "(flow_run.state.message | default('', true) | string).split('\\n')[0]"
        ".replace('Flow run encountered an exception: ', '') or 'the run is ' ~ flow_run.state.name"
    ),
}
_FILE = {name: f"event.payload.{name}" for name in ("run_id", "run", "file", "dataset", "sentence")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that people are told.

    Attributes:
        name: What `alert` says in the webhook's JSON.
        told: What the JSON holds beside it: an expression of Prefect's templates by field.
    """

    name: str
    title: str
    description: str
    trigger: EventTrigger
    told: dict[str, str]

    @property
    def automation_name(self) -> str:
        return f"{PREFIX}{self.title}"

    def payload(self) -> str:
        """Return the template of the webhook's JSON."""
        fields = [f'"{field}": {{{{ ({expression}) | string | tojson }}}}' for field, expression in self.told.items()]
        return "{" + ", ".join([f'"alert": "{self.name}"', *fields, '"at": "{{ event.occurred }}"']) + "}"

    def subject(self) -> str:
        """Return the template of a mail's subject."""
        return f"Quayside: {self.title}: {{{{ {self.told['file']} }}}}"

    def body(self, ui_url: str) -> str:
        """Return the template of a mail's text."""
        lines = [f"{field}: {{{{ {expression} }}}}" for field, expression in self.told.items() if field != "sentence"]
        link = f"{ui_url}/runs/flow-run/{{{{ {self.told['run_id']} }}}}"
        return "\n".join([f"{{{{ {self.told['sentence']} }}}}", "", *lines, f"Prefect: {link}"])


def alerts(after_s: float) -> tuple[Alert, ...]:
    """Return every alert.

    Args:
        after_s: Seconds for which a run may be late, or wait for its process, before people are told.
    """
    patience = timedelta(seconds=after_s)
    return (
        _run("failed", "a run failed", "A run ended in an error; its trace is in the audit trail.", type_="FAILED"),
        _run("crashed", "a run crashed", "The process of a run died; its file is taken over.", type_="CRASHED"),
        _run(
            "waiting",
            "a run waits for a person",
            "More than half of a file's rows have errors, or somebody paused a run.",
            states=("AwaitingReview", "Paused", "Suspended"),
        ),
        _run("late", "a run is late", "No worker took a run in time.", states=("Late",), patience=patience),
        _run(
            "stuck",
            "a run does not start",
            "A run is taken, and no process runs it.",
            ("Pending", "Submitting"),
            patience,
        ),
        Alert(
            name="exception_rate",
            title="many rows are held",
            description="A file was loaded, and its exception rate misses the target.",
            trigger=EventTrigger(
                match={"prefect.resource.id": "quayside.run.*"},
                expect={OVER_TARGET},
                for_each={"prefect.resource.id"},
            ),
            told=_FILE,
        ),
    )


def _run(
    name: str,
    title: str,
    description: str,
    states: Sequence[str] = (),
    patience: timedelta | None = None,
    *,
    type_: str = "",
) -> Alert:
    """Return an alert about a flow run: that came into a state, or that does not leave it in time."""
    events = {f"prefect.flow-run.{state}" for state in states}
    anything = {"prefect.flow-run.*"}
    match = {"prefect.resource.id": "prefect.flow-run.*", **({"prefect.state-type": type_} if type_ else {})}
    return Alert(
        name=name,
        title=title,
        description=description,
        told=_RUN,
        trigger=EventTrigger(
            match=match,
            match_related={"prefect.resource.role": "flow", "prefect.resource.name": list(FLOWS)},
            after=events if patience else set(),
            expect=anything if patience or not events else events,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive if patience else Posture.Reactive,
            within=patience or timedelta(0),
        ),
    )


async def apply(settings: Settings) -> tuple[str, ...]:
    """Make, change or remove the automations as the settings say; return the names of those that are there now.

    One that a person switched off in Prefect stays off.

    Raises:
        MistakeError: The address of e-mail is none.
    """
    webhook = await _webhook(settings)
    mail = await _mail(settings)
    wanted = alerts(settings.alert_after_s) if webhook or mail else ()
    async with get_client() as client:
        found = {one.name: one for one in await _ours(client)}
        for alert in wanted:
            core = _automation(alert, webhook, mail, settings.prefect_ui_url)
            before = found.pop(alert.automation_name, None)
            if before is None:
                await client.create_automation(core)
            else:
                assert before.id is not None
                await client.update_automation(before.id, core.model_copy(update={"enabled": before.enabled}))
        for left in found.values():
            assert left.id is not None
            await client.delete_automation(left.id)
    return tuple(alert.automation_name for alert in wanted)


async def _ours(client: PrefectClient) -> list[Automation]:
    known = await client.read_automations()
    return [Automation.model_validate(one.model_dump()) for one in known if one.name.startswith(PREFIX)]


def _automation(alert: Alert, webhook: UUID | None, mail: UUID | None, ui_url: str) -> AutomationCore:
    actions: list[CallWebhook | SendNotification] = []
    if webhook:
        actions.append(CallWebhook(block_document_id=webhook, payload=alert.payload()))
    if mail:
        actions.append(SendNotification(block_document_id=mail, subject=alert.subject(), body=alert.body(ui_url)))
    automation = AutomationCore(
        name=alert.automation_name, description=alert.description, trigger=alert.trigger, actions=actions
    )
    # an update sends what was set, and the server misses what was left to its default
    return AutomationCore.model_validate(automation.model_dump(exclude={"owner_resource"}))


async def _webhook(settings: Settings) -> UUID | None:
    """Keep the webhook's address in Prefect, encrypted there; return the id of its block."""
    url = settings.alert_webhook_url
    if not url.get_secret_value():
        return None
    block = Webhook(url=url, headers=SecretDict({"Content-Type": "application/json"}))
    return UUID(str(await block.save(BLOCK, overwrite=True)))


async def _mail(settings: Settings) -> UUID | None:
    """Keep the address of e-mail in Prefect; return the id of its block.

    Prefect has no block for SMTP. This one hands any address that is not Slack's own on to Apprise, which has.
    """
    url = settings.alert_email
    if not url.get_secret_value():
        return None
    if not url.get_secret_value().startswith(("mailto://", "mailtos://")) or not Apprise().add(url.get_secret_value()):
        raise MistakeError(
            "QUAYSIDE_ALERT_EMAIL is no address that e-mail can be sent with; expected "
            "mailtos://USER:PASSWORD@SMTP-HOST:587?from=FROM&to=TO"
        )
    return UUID(str(await SlackWebhook(url=url).save(MAIL_BLOCK, overwrite=True)))


if __name__ == "__main__":
    try:
        names = asyncio.run(apply(read_settings()))
    except QuaysideError as error:
        sys.exit(f"quayside alerts: {error}")
    print("\n".join(names) or "no alerts: neither a webhook nor e-mail is set")
