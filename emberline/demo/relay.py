"""The relay: Stalwart (R1), LiveKit (R2, R4) and Synapse (R3)."""

from typing import Final

from emberline.demo.component import Component, Terms, assemble
from emberline.demo.driver import All, Bad, Good, Rate
from emberline.demo.flow import Flow
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition.spelling import spell_number

_SYNAPSE_BOUNDS: Final = (
    *("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75"),
    *("1.0", "2.5", "5.0", "7.5", "10.0"),
)
_LOWEST_MS: Final = 100.0
_HIGHEST_MS: Final = 10_000.0
_BUCKETS: Final = 15


def relay(script: Script) -> tuple[Component, ...]:
    """Mail, calls and chat."""
    return _mail(script), _calls(script), _chat(script)


def _mail(script: Script) -> Component:
    mail = script.traffic("mail", 0.9, 0.0021)
    return assemble(
        "stalwart",
        "stalwart.relay:8080",
        (
            counter("delivery_dsn_success", "Success DSN notifications", {(): ((Good(mail), 1.0),)}),
            counter("delivery_dsn_perm_fail", "Permanent failure DSN notifications", {(): ((Bad(mail), 1.0),)}),
            counter("queue_message_queued", "Messages queued", {(): ((All(mail.flow), 0.8),)}),
        ),
    )


def _calls(script: Script) -> Component:
    """Buckets as Go's client computes an exponential range of 15 from 100 ms to 10 s."""
    growth = (_HIGHEST_MS / _LOWEST_MS) ** (1 / (_BUCKETS - 1))
    bounds = tuple(spell_number(_LOWEST_MS * growth**step) for step in range(_BUCKETS))
    calls, joins = script.traffic("calls", 0.35, 0.016), script.traffic("joins", 0.7, 0.0035)
    node = labelled(node_id="ND_7hQ2", node_type="SERVER")
    setup = ((Good(calls), Spread(620, 0.4)), (Bad(calls), Spread(2900, 0.2)))
    states: dict[str, Terms] = {
        "signal_connected": ((All(joins.flow), 1.02),),
        "rtc_active": ((Good(joins), 1.0),),
        "rtc_success": ((Good(joins), 1.0),),
        "rtc_failure": ((Bad(joins), 1.0),),
    }
    return assemble(
        "livekit",
        "livekit.relay:6789",
        (
            histogram("livekit_session_start_time_ms", "", bounds, {(*node, *labelled(protocol_version="16")): setup}),
            counter(
                "livekit_participant_join_total",
                "",
                {(*node, ("state", state)): terms for state, terms in states.items()},
            ),
            gauge("livekit_participant_total", "", {node: ((Rate(joins.flow), 90.0),)}, whole=True),
        ),
    )


def _chat(script: Script) -> Component:
    sending, syncing = script.traffic("matrix send", 3.2, 0.012), script.traffic("matrix sync", 9.0, 0.02)
    refused = Flow.drawn("matrix refused", script.seed, script.origin_ms, 0.01)

    def servlet(name: str, method: str, code: str) -> tuple[tuple[str, str], ...]:
        return labelled(code=code, method=method, server_name="matrix.example", servlet=name, tag="")

    series = {
        servlet("RoomSendEventRestServlet", "PUT", "200"): (
            (Good(sending), Spread(0.085, 0.5)),
            (Bad(sending), Spread(0.9, 0.4)),
        ),
        servlet("RoomSendEventRestServlet", "PUT", "403"): ((All(refused), Spread(0.01, 0.4)),),
        servlet("SyncRestServlet", "GET", "200"): (
            (Good(syncing), Spread(0.2, 1.2)),
            (Bad(syncing), Spread(6.0, 0.8)),
        ),
    }
    name = "synapse_http_server_response_time_seconds"
    return assemble("synapse", "synapse.relay:9000", (histogram(name, "", _SYNAPSE_BOUNDS, series),))
