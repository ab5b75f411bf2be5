"""The manifests as Kustomize renders them: every overlay, and every component in a choice that it belongs to."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import bcrypt
import yaml

from tests.servers import PROJECT

DEPLOY: Final = PROJECT / "deploy"
OVERLAYS: Final = tuple(sorted(path.parent.name for path in DEPLOY.glob("overlays/*/kustomization.yaml")))
COMPONENTS: Final = tuple(sorted(path.parent.name for path in DEPLOY.glob("components/*/kustomization.yaml")))
NODE: Final = ("pods", "pod-details", "targets-from-pods", "claims", "shares", "podmonitor")
CLUSTER: Final = ("cluster", "cluster-api-server", "kserve", "maintenance", "servicemonitor")
CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "base": (),
    "gpu-cdi": ("gpu-cdi",),
    "gpu-volume-mounts": ("gpu-volume-mounts",),
    "gpu-privileged": ("gpu-privileged",),
    "pods": ("pods",),
    "everything": (*NODE, *CLUSTER, "control-plane", "web-config"),
}
"""Components over the base, in the order in which they are applied."""
SCRAPER: Final = ("prometheus", "not a secret")
EVERY: Final = (*CHOICES, *OVERLAYS, "web-config")

Object = dict[str, Any]
NOTHING: Final[Mapping[str, str]] = {}
WORKLOADS: Final = ("DaemonSet", "Deployment")


class Rendering:
    """Renders in a copy of `deploy/`, in which secrets stand that are not committed; once for each name."""

    def __init__(self, kustomize: Path, folder: Path) -> None:
        self._kustomize = kustomize
        self._folder = folder / "deploy"
        self._known: dict[str | tuple[str, ...], list[Object]] = {}
        shutil.copytree(DEPLOY, self._folder)
        example = self._folder / "examples" / "web-config"
        text = (example / "web.example.yml").read_text(encoding="utf-8")
        secret = bcrypt.hashpw(SCRAPER[1].encode(), bcrypt.gensalt(4)).decode()
        (example / "web.yml").write_text(text.replace("HASH", secret), encoding="utf-8")
        lines = "".join(f"{key}={value}\n" for key, value in zip(("username", "password"), SCRAPER, strict=True))
        (example / "scraper.env").write_text(lines, encoding="utf-8")

    def of(self, name: str) -> list[Object]:
        """The objects of an overlay, of a choice of components, or of the example `web-config`."""
        if name in CHOICES:
            return self.over_the_base(*CHOICES[name])
        if name not in self._known:
            place = "examples" if name == "web-config" else "overlays"
            self._known[name] = self._build(self._folder / place / name)
        return self._known[name]

    def over_the_base(self, *components: str) -> list[Object]:
        """The objects of some components, applied in this order."""
        if components not in self._known:
            paths = [f"../../components/{component}" for component in components]
            text = yaml.safe_dump({"resources": ["../../base"], "components": paths})
            self._known[components] = self.kustomization("-".join(("base", *components)), text)
        return self._known[components]

    def kustomization(self, name: str, text: str, files: Mapping[str, str] = NOTHING) -> list[Object]:
        """The objects of a kustomization that stands beside the overlays, with other files in its folder."""
        folder = self._folder / "overlays" / name
        folder.mkdir()
        for file, content in (("kustomization.yaml", text), *files.items()):
            (folder / file).write_text(content, encoding="utf-8")
        return self._build(folder)

    def _build(self, folder: Path) -> list[Object]:
        command = [str(self._kustomize), "build", str(folder)]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        return list(yaml.load_all(run.stdout, yaml.CSafeLoader))


def named(objects: Sequence[Object], kind: str, name: str) -> Object:
    """The object of a kind and name."""
    (found,) = (each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return found


def of_kind(objects: Sequence[Object], *kinds: str) -> Iterator[Object]:
    """The objects of some kinds."""
    return (each for each in objects if each["kind"] in kinds)


def exporters(objects: Sequence[Object]) -> Iterator[Object]:
    """The workloads that run `emberline exporter`."""
    return (each for each in of_kind(objects, *WORKLOADS) if container(each)["args"][0] == "exporter")


def pod(workload: Object) -> Object:
    """The pod's specification of a workload."""
    found: Object = workload["spec"]["template"]["spec"]
    return found


def container(workload: Object) -> Object:
    """The one container of a workload."""
    (found,) = pod(workload)["containers"]
    return dict(found)
