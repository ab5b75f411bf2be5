"""GPUs: dcgm-exporter's names, and what only our exporter tells (peaks, lost samples, throttling, owners)."""

from typing import Final

from dashboards.metric import table

GPU: Final = table(
    """
DCGM_FI_DEV_GPU_UTIL | gauge | percent | | Share of time in which a kernel ran
DCGM_FI_DEV_MEM_COPY_UTIL | gauge | percent | | Share of time in which memory was read or written
DCGM_FI_DEV_FB_USED | gauge | mebibytes | | Framebuffer in use
DCGM_FI_DEV_FB_FREE | gauge | mebibytes | | Framebuffer that is free
DCGM_FI_DEV_FB_RESERVED | gauge | mebibytes | | Framebuffer that the driver keeps
DCGM_FI_DEV_GPU_TEMP | gauge | celsius | | Core temperature
DCGM_FI_DEV_MEMORY_TEMP | gauge | celsius | | Memory temperature
DCGM_FI_DEV_POWER_USAGE | gauge | watts | | Power draw
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION | counter | millijoules | | Energy since boot
DCGM_FI_DEV_SM_CLOCK | gauge | megahertz | | Clock of the processors
DCGM_FI_DEV_MEM_CLOCK | gauge | megahertz | | Clock of the memory
DCGM_FI_DEV_PCIE_REPLAY_COUNTER | counter | events | | Retries on the bus
DCGM_FI_DEV_ROW_REMAP_FAILURE | gauge | state | | Whether remapping of rows has failed
DCGM_FI_PROF_PIPE_TENSOR_ACTIVE | gauge | ratio | | Share of cycles in which tensor cores worked
DCGM_FI_PROF_DRAM_ACTIVE | gauge | ratio | | Share of cycles in which memory moved data
emberline_gpu_up | gauge | state | | Whether the newest reading of a GPU was complete
emberline_gpu_state | gauge | state | state | 1 for the state of a GPU
emberline_gpu_reading_age_seconds | gauge | seconds | | Age of the newest complete reading
emberline_gpu_recovery_action | gauge | state | | What the driver asks for: 0 nothing, up to replacing the GPU
emberline_gpu_utilization_ratio | gauge | ratio | | Mean utilization of every sample since the last scrape
emberline_gpu_utilization_p95_ratio | gauge | ratio | | 95th percentile of the same samples
emberline_gpu_utilization_max_ratio | gauge | ratio | | Largest of the same samples
emberline_gpu_busy_seconds_total | counter | seconds | | Time in which a kernel ran
emberline_gpu_samples_lost_total | counter | events | | Samples that the driver's ring overwrote before they were read
emberline_gpu_power_max_watts | gauge | watts | | Highest power sample since the last scrape
emberline_gpu_power_limit_watts | gauge | watts | | Power limit that the driver enforces
emberline_gpu_clocks_event_reasons | gauge | state | | Bit mask of why the clocks are what they are
emberline_gpu_throttle_seconds_total | counter | seconds | reason | Time in which clocks were held down, by reason
emberline_gpu_ecc_errors_total | counter | events | severity scope | Memory errors
emberline_gpu_row_remaps_total | counter | events | kind | Rows of memory that were replaced
emberline_gpu_xid_errors_total | counter | events | xid | Xid errors of the driver
emberline_nvml_call_seconds_total | counter | seconds | family | Time in calls of the driver
emberline_pod_gpu_utilization_ratio | gauge | ratio | namespace pod container method | A pod's share of a GPU's time
emberline_pod_gpu_memory_bytes | gauge | bytes | namespace pod container method | A pod's framebuffer
emberline_pod_gpu_energy_joules_total | counter | joules | namespace pod container method | A pod's share of the energy
""",
    "gpu",
    "UUID",
    "modelName",
    "Hostname",
)
