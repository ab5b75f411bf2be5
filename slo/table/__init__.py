"""SLO tables as text: read with every fault at its line, linted, and compared with what a server has."""
