"""What is scraped, and how."""

from dataclasses import dataclass
from typing import Final

from emberline.sources.access import OPEN, Access
from slo.duration import Duration
from slo.selector import Labels

INTERVAL: Final = Duration.parse("15s")


@dataclass(frozen=True, slots=True)
class Target:
    """One metrics page.

    `labels` are put on each of its series, `job` and `instance` among them. Where the page has a label of the
    same name, that becomes `exported_...`, or with `honor_labels` stays as it is, as in Prometheus. A scrape
    ends after the shorter of `interval` and ten seconds. With `each_address` the host's name stands for all of its
    addresses.
    """

    kind: str
    url: str
    labels: Labels
    interval: Duration = INTERVAL
    honor_labels: bool = False
    access: Access = OPEN
    each_address: bool = False

    @property
    def label(self) -> dict[str, str]:
        """The labels by name."""
        return dict(self.labels)
