"""What keeps an alert from being tested, and is no fault of the row."""


class Untestable(ValueError):
    """No series can be made that would prove the alert in promtool; the message says why."""
