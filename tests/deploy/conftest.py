"""The rendered manifests, once for each process of tests."""

import pytest

from tests.deploy.rendered import Rendering
from tests.servers import binary


@pytest.fixture(scope="session")
def rendering(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    """Renders every overlay and choice of components."""
    return Rendering(binary("kustomize", "5.8"), tmp_path_factory.mktemp("manifests"))
