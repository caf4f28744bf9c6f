"""The bundled demo; how it ends is measured by tests/benchmarks/demo_run.py."""

from pruneview.formats import open_model
from pruneview.pruning.data import load
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.planning.plan import preflight


def test_the_plan_reaches_its_target_and_leaves_time_to_recover() -> None:
    data = load(DEMO_DATA, lambda _event: None)
    flight = preflight(DEMO_PLAN, len(data.x_train))
    assert flight.warnings == ()
    assert DEMO_PLAN.final_sparsity == 0.8
    assert flight.update_steps[0] <= 50
    assert flight.update_steps[-1] == DEMO_PLAN.end_step < flight.steps - 200


def test_model_and_data_are_small() -> None:
    files = (demo_model(), demo_model().with_name("digits.npz"))
    assert sum(file.stat().st_size for file in files) < 2_000_000
    with open_model(demo_model()) as model:
        assert 150_000 < model.parameter_count < 190_000
        assert model.compile_config is not None
