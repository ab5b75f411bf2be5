"""Every option and environment variable of dcgm-exporter (4.8.3), and what becomes of it here."""

from dataclasses import dataclass
from typing import Final, Literal

Fate = Literal["same", "ignored", "refused"]


@dataclass(frozen=True, slots=True)
class Flag:
    """One option: its long name, letter ("" for none), variable, and whether a value follows it.

    `fate` "same" means what it means upstream; "ignored" is accepted with a warning that gives `note` as the reason;
    "refused" ends the start, because without its effect the page would be open, missing or another one. `idle` are
    the values that ask for nothing. `pods`: read by `exporter.pods.options`, under the variable.
    """

    long: str
    letter: str
    variable: str
    valued: bool
    fate: Fate
    note: str
    idle: tuple[str, ...] = ()
    pods: bool = False


_OFF: Final = ("false", "0", "f", "")
_ENGINE: Final = "there is no DCGM host engine: NVML of this node is asked"


def _same(long: str, letter: str, variable: str, note: str, *, valued: bool = True) -> Flag:
    return Flag(long, letter, variable, valued=valued, fate="same", note=note)


def _pods(long: str, variable: str, note: str = "", letter: str = "", *, valued: bool = False) -> Flag:
    return Flag(long, letter, variable, valued=valued, fate="same", note=note, pods=True)


def _switch(long: str, variable: str, fate: Fate, note: str, letter: str = "") -> Flag:
    return Flag(long, letter, variable, valued=False, fate=fate, note=note, idle=_OFF)


def _value(long: str, variable: str, fate: Fate, note: str, *idle: str, letter: str = "") -> Flag:
    return Flag(long, letter, variable, valued=True, fate=fate, note=note, idle=("", *idle))


_OWN: Final = "DCGM_EXPORTER_"
_NODE: Final = "needs NODE_NAME"

FLAGS: Final = (
    _same("collectors", "f", _OWN + "COLLECTORS", "a missing file under /etc/dcgm-exporter means the built-in one"),
    _same("address", "a", _OWN + "LISTEN", "127.0.0.1:9400 by default, not every interface"),
    _same("collect-interval", "c", _OWN + "INTERVAL", "1000 ms by default, not 30000"),
    _same("devices", "d", _OWN + "DEVICES_STR", "a device that is not there is no reason to end"),
    _same("no-hostname", "n", _OWN + "NO_HOSTNAME", "", valued=False),
    _same("use-old-namespace", "o", _OWN + "USE_OLD_NAMESPACE", "the label uuid in place of UUID", valued=False),
    _same("replace-blanks-in-model-name", "", _OWN + "REPLACE_BLANKS_IN_MODEL_NAME", "also --rbmn", valued=False),
    _same("xid-count-window-size", "x", _OWN + "XID_COUNT_WINDOW_SIZE", ""),
    _same("clock-events-count-window-size", "", _OWN + "CLOCK_EVENTS_COUNT_WINDOW_SIZE", ""),
    _same("node-name", "", "NODE_NAME", "a variable alone: the host name of the labels"),
    _pods("kubernetes", _OWN + "KUBERNETES", "a device that several containers hold has no single owner", "k"),
    _pods("kubernetes-enable-pod-labels", _OWN + "KUBERNETES_ENABLE_POD_LABELS", _NODE),
    _pods("kubernetes-enable-pod-uid", _OWN + "KUBERNETES_ENABLE_POD_UID", _NODE),
    _pods("kubernetes-gpu-id-type", _OWN + "KUBERNETES_GPU_ID_TYPE", "not needed: an id says what it is", valued=True),
    _pods("kubernetes-pod-label-allowlist-regex", _OWN + "KUBERNETES_POD_LABEL_ALLOWLIST_REGEX", valued=True),
    _pods("kubernetes-virtual-gpus", "KUBERNETES_VIRTUAL_GPUS"),
    _pods("kubernetes-enable-dra", "KUBERNETES_ENABLE_DRA", _NODE),
    _pods("pod-resources-kubelet-socket", "DCGM_POD_RESOURCES_KUBELET_SOCKET", valued=True),
    _pods("nvidia-resource-names", "NVIDIA_RESOURCE_NAMES", valued=True),
    _pods("hpc-job-mapping-dir", "DCGM_HPC_JOB_MAPPING_DIR", valued=True),
    _switch("container-labels", _OWN + "CONTAINER_LABELS", "ignored", "container runtimes are not asked"),
    _value("container-runtime-socket", "DCGM_CONTAINER_RUNTIME_SOCKET", "ignored", "container runtimes are not asked"),
    _value(
        "configmap-data",
        _OWN + "CONFIGMAP_DATA",
        "refused",
        "the Kubernetes API is not asked, so another set of metrics would be shown: mount the ConfigMap and name the "
        "file with --collectors",
        "none",
        letter="m",
    ),
    _value(
        "config-file",
        _OWN + "CONFIG_FILE",
        "refused",
        "the YAML of 4.8.3 is not read, so other metrics and intervals would hold: use the options",
    ),
    _same("web-config-file", "", _OWN + "WEB_CONFIG_FILE", "also --web.config.file; see docs/web-config.md"),
    _switch(
        "web-systemd-socket",
        _OWN + "SYSTEMD_SOCKET",
        "refused",
        "a socket handed over by systemd is not taken, so nobody would listen on it: use --listen",
    ),
    _value("remote-hostengine-info", "DCGM_REMOTE_HOSTENGINE_INFO", "ignored", _ENGINE, letter="r"),
    _switch("fake-gpus", _OWN + "USE_FAKE_GPUS", "ignored", "--simulate shows GPUs that do not exist"),
    _value("switch-devices", _OWN + "OTHER_DEVICES_STR", "ignored", "NVML sees no NVSwitch", "f", letter="s"),
    _value("cpu-devices", _OWN + "CPU_DEVICES_STR", "ignored", "NVML sees no Grace CPU", "f", letter="p"),
    _switch("debug", _OWN + "DEBUG", "ignored", "there is one level of logging"),
    _value("log-format", _OWN + "LOG_FORMAT", "ignored", "logs are text", "text"),
    _switch("enable-dcgm-log", _OWN + "ENABLE_DCGM_LOG", "ignored", "there is no DCGM whose log could be shown"),
    _value("dcgm-log-level", _OWN + "DCGM_LOG_LEVEL", "ignored", "there is no DCGM whose log could be shown", "NONE"),
    _switch("dump-enabled", _OWN + "DUMP_ENABLED", "ignored", "nothing is dumped"),
    _value("dump-directory", _OWN + "DUMP_DIRECTORY", "ignored", "nothing is dumped"),
    _value("dump-retention", _OWN + "DUMP_RETENTION", "ignored", "nothing is dumped"),
    _switch("dump-compression", _OWN + "DUMP_COMPRESSION", "ignored", "nothing is dumped"),
    _switch("enable-pprof", _OWN + "ENABLE_PPROF", "ignored", "it profiles programs written in Go"),
    _switch(
        "disable-startup-validate",
        "DISABLE_STARTUP_VALIDATE",
        "ignored",
        "nothing is required at the start, a driver neither",
    ),
    _switch(
        "enable-gpu-bind-unbind-watch",
        _OWN + "ENABLE_GPU_BIND_UNBIND_WATCH",
        "ignored",
        "GPUs that come and go are always followed",
    ),
    _value(
        "gpu-bind-unbind-poll-interval",
        _OWN + "GPU_BIND_UNBIND_POLL_INTERVAL",
        "ignored",
        "GPUs that come and go are always followed",
    ),
    _value("web-read-timeout", _OWN + "WEB_READ_TIMEOUT", "ignored", "requests have bounds of their own"),
    _value("web-write-timeout", _OWN + "WEB_WRITE_TIMEOUT", "ignored", "answers have bounds of their own"),
)
