"""What an HTTP server of ours logs: its own faults, and not what clients send."""

import logging

from aiohttp.http_exceptions import HttpProcessingError


def server_log(name: str) -> logging.Logger:
    """The logger of that name, for `aiohttp.web.AppRunner(logger=...)`; bad requests are answered and not logged."""
    log = logging.getLogger(name)
    log.addFilter(_is_ours)
    return log


def _is_ours(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
