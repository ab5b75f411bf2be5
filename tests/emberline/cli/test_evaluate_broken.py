"""`emberline evaluate` beside servers whose answers cannot be trusted: one clear error, and no half result."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.emberline.cli.test_evaluate import refused
from tests.emberline.cli.test_list_and_check import written
from tests.exporter.faulty import Handler, Server
from tests.slo.rows import RATIO

WHOLE = b'{"metric":{"shop":"oslo"},"values":[[1,"1"],[2,"2"]]}'
HEAD = b'{"status":"success",%s"data":{"resultType":"matrix","result":[%s]}}'


def says(body: bytes) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(200, body)


def dies(handler: Handler) -> None:
    """Promises more than it sends, and hangs up."""
    body = HEAD % (b"", WHOLE)
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])


def dies_between_chunks(handler: Handler) -> None:
    """The same where nobody knows the length beforehand."""
    handler.protocol_version = "HTTP/1.1"
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    body = HEAD % (b"", WHOLE)
    handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (dies, "peer closed connection without sending complete message body"),
        (dies_between_chunks, "peer closed connection without sending complete message body"),
        (says((HEAD % (b"", WHOLE))[:-20]), "not an answer of the Prometheus HTTP API"),
        (says(HEAD % (b'"isPartial":true,', WHOLE)), "an incomplete answer"),
        (says(HEAD % (b'"warnings":["store 3 is down"],', WHOLE)), "store 3 is down"),
        (
            says(HEAD % (b"", b'{"metric":{"shop":"oslo"},"values":[[2,"1"],[1,"2"]]}')),
            'the timestamps of {shop="oslo"} must ascend strictly, sample 1 does not',
        ),
        (
            says(HEAD % (b"", b'{"metric":{"shop":"oslo"},"values":[[2,"1"],[2,"2"]]}')),
            'the timestamps of {shop="oslo"} must ascend strictly, sample 1 does not',
        ),
    ],
)
def test_a_broken_answer_is_one_error_and_no_result(
    behaviour: Callable[[Handler], None],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = written(tmp_path, RATIO)
    with Server(behaviour) as server:
        assert refused(monkeypatch, "--prometheus", server.url, "--slos", table, "--json") == 3
    output = capsys.readouterr()
    assert not output.out
    assert told in output.err
    assert len(output.err.strip().splitlines()) == 1
    assert server.url in output.err
