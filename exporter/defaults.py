"""What the options are when nobody sets them; free of imports, so that help texts cost nothing."""

from typing import Final

LISTEN: Final = "127.0.0.1:9400"
INTERVAL: Final = "1s"
MAX_SERIES: Final = 50_000
WEB_CONFIG_VARIABLE: Final = "DCGM_EXPORTER_WEB_CONFIG_FILE"
