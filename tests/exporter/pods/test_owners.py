from exporter.pods.devices import Device, Entity, Instance
from exporter.pods.devices import Inventory as Node
from exporter.pods.owners import Owner, Ownership, PodName, PublishedDevice, ownership
from exporter.pods.resources import Claim, ClaimedDevice, Container, Devices, Pod

A, B = "GPU-aaaa", "GPU-bbbb"
NODE = Node.of([Device(A, 0, 0), Device(B, 1, 1, (Instance("MIG-1", 7, 0), Instance("MIG-2", 5, 0)))])
DRIVER = "gpu.nvidia.com"


def pod(name: str, *ids: str, resource: str = "nvidia.com/gpu") -> Pod:
    return Pod("team", name, (Container("c", (Devices(resource, ids),)),))


def names(found: Ownership, entity: Entity) -> list[tuple[str, str]]:
    return [(owner.pod, owner.replica) for owner in found.of(entity)]


def test_a_whole_gpu_has_one_owner() -> None:
    found = ownership([pod("x", A)], NODE)
    assert found.of(Entity(A)) == (Owner("team", "x", "c"),)
    assert not found.shared(Entity(A))
    assert found.of(Entity(B)) == ()
    assert found.unknown == ()


def test_replicas_share_a_gpu_in_the_order_of_names_and_numbers() -> None:
    found = ownership([pod("y", f"{A}::10", f"{A}::9"), pod("x", f"{A}::3")], NODE)
    assert names(found, Entity(A)) == [("x", "3"), ("y", "9"), ("y", "10")]
    assert found.shared(Entity(A))


def test_two_replicas_of_one_pod_are_not_sharing() -> None:
    assert not ownership([pod("y", f"{A}::1", f"{A}::2")], NODE).shared(Entity(A))


def test_mig_devices_have_owners_of_their_own() -> None:
    found = ownership([pod("x", "MIG-1", resource="nvidia.com/mig-1g.10gb"), pod("y", "nvidia1/gi5")], NODE)
    assert names(found, Entity(B, "MIG-1")) == [("x", "")]
    assert names(found, Entity(B, "MIG-2")) == [("y", "")]
    assert found.of(Entity(B)) == ()


def test_only_resources_that_are_gpus_count() -> None:
    pods = [pod("x", A, resource="example.com/fpga"), pod("y", B, resource="nvidia.com/gpu.shared")]
    assert set(ownership(pods, NODE).by_entity) == {Entity(B)}
    named = ownership(pods, NODE, resources={"example.com/fpga"})
    assert set(named.by_entity) == {Entity(A)}


def test_ids_that_name_nothing_here_are_told() -> None:
    found = ownership([pod("x", "GPU-gone", "nonsense", A)], NODE)
    assert found.unknown == ("GPU-gone", "nonsense")
    assert names(found, Entity(A)) == [("x", "")]


def test_a_pod_that_has_ended_gives_its_gpu_to_the_one_that_runs() -> None:
    pods = [pod("ended", A), pod("runs", A)]
    running: set[PodName] = {("team", "runs")}
    assert names(ownership(pods, NODE, running=running), Entity(A)) == [("runs", "")]
    unsure = ownership(pods, NODE)
    assert unsure.shared(Entity(A))


def test_a_pod_that_nobody_else_contradicts_stays_though_the_api_server_does_not_name_it_yet() -> None:
    assert names(ownership([pod("new", A)], NODE, running=set()), Entity(A)) == [("new", "")]


def claiming(name: str, driver: str, device: str) -> Pod:
    claim = Claim("claim", "team", (ClaimedDevice(driver, "node-1", device),))
    return Pod("team", name, (Container("c", claims=(claim,)),))


def test_claims_are_found_through_the_published_devices() -> None:
    published = {
        (DRIVER, "node-1", "gpu-0"): PublishedDevice(A),
        (DRIVER, "node-1", "gpu-1-mig"): PublishedDevice("MIG-1", parent=B, profile="1g.10gb"),
    }
    pods = [claiming("x", DRIVER, "gpu-0"), claiming("y", DRIVER, "gpu-0"), claiming("z", DRIVER, "gpu-1-mig")]
    found = ownership(pods, NODE, published=published, running=set())
    assert names(found, Entity(A)) == [("x", ""), ("y", "")], "a claim may be shared by pods"
    (owner,) = found.of(Entity(B, "MIG-1"))
    assert owner.claim is not None
    assert (owner.claim.claim, owner.claim.published.profile) == ("claim", "1g.10gb")


def test_claims_of_other_drivers_are_no_gpus_and_unpublished_devices_are_told() -> None:
    found = ownership([claiming("x", "dra.net", "eth1"), claiming("y", DRIVER, "gpu-0")], NODE)
    assert found == Ownership({}, ("gpu.nvidia.com/node-1/gpu-0",))
