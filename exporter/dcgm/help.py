"""The help texts of the options of the compatible series; free of imports, so that they cost nothing."""

from typing import Final

HELP: Final = {
    "collectors": "CSV of the DCGM fields to show, as dcgm-exporter reads it. [default: its default counters]",
    "strict": "End over a bad row of the CSV instead of reporting it and going on.",
    "devices": "Which devices: f, g:0,2-4, i:0, g+i.",
    "metric_names": "legacy, dcgm-4.6 or both. [default: as the CSV writes them]",
    "hostname_label": "Hostname, or hostname as dcgm-exporter 4.8.3 has it.",
    "no_hostname": "Leave the host name's label out.",
    "use_old_namespace": "The label uuid in place of UUID.",
    "replace_blanks_in_model_name": "Dashes for blanks in modelName.",
    "xid_count_window_size": "Window of DCGM_EXP_XID_ERRORS_COUNT in milliseconds.",
    "clock_events_count_window_size": "Window of DCGM_EXP_CLOCK_EVENTS_COUNT in milliseconds.",
}
"""By the fields of `exporter.dcgm.surface.Words`."""
