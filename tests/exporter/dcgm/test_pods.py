"""dcgm-exporter's options about pods mean what its variables mean."""

import pytest

from exporter.dcgm.flags import FLAGS
from exporter.dcgm.foreign import review
from exporter.dcgm.surface import Words
from exporter.given import Given
from exporter.options import configure
from exporter.pods import options

PODS: list[tuple[list[str], dict[str, str]]] = [
    ([], {}),
    (["-k"], {options.KUBERNETES: "true"}),
    (["--kubernetes=False", "--hpc-job-mapping-dir=/jobs"], {options.KUBERNETES: "false", options.JOB_FOLDER: "/jobs"}),
    (
        ["--kubernetes", "--kubernetes-enable-pod-labels", "--kubernetes-pod-label-allowlist-regex", "^A,b"],
        {options.KUBERNETES: "true", options.POD_LABELS: "true", options.ALLOWLIST: "^A,b"},
    ),
    (["-k", "--debug", "--kubernetes-virtual-gpus"], {options.KUBERNETES: "true", options.VIRTUAL: "true"}),
]


@pytest.mark.parametrize(("rest", "told"), PODS)
def test_options_about_pods_are_told_under_their_variables(rest: list[str], told: dict[str, str]) -> None:
    assert review(rest, {}).pods == told


def test_the_variables_about_pods_are_those_that_are_read() -> None:
    read = {value for name, value in vars(options).items() if name.isupper() and isinstance(value, str)}
    assert {flag.variable for flag in FLAGS if flag.pods} == read - {options.NODE, options.OLD_NAMES}


def test_an_option_about_pods_outdoes_its_variable_and_old_names_are_those_of_the_series() -> None:
    environment = {options.KUBERNETES: "true", options.VIRTUAL: "true"}
    found = configure(Given(), Words(use_old_namespace=True), review(["--kubernetes=false"], {}), environment).pods
    assert (found.kubernetes, found.shown.virtual_gpus, found.shown.old_names) == (False, True, True)
    assert not configure(Given(), Words(), review([], {}), environment).pods.shown.old_names
