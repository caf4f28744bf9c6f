"""Layouts of Kerases that cannot be installed here, imitated with h5py."""

import h5py
import ml_dtypes
import numpy as np
import pytest

from pruneview.formats import FormatError, open_model
from tests.formats import imitations
from tests.formats.imitations import dense, named, numbered, sequential, values, zipped


def paths(file) -> list[str]:
    with open_model(file) as model:
        return [w.path for layer in model.layers for w in layer.weights]


def check_values(file, expected: dict[str, np.ndarray]) -> None:
    with open_model(file) as model:
        for path, array in expected.items():
            found = model.weight(path).read()
            assert found.dtype == array.dtype
            np.testing.assert_array_equal(found, array)


TWO = ["dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias"]


@pytest.mark.parametrize(
    "names",
    [
        lambda texts: np.array([t.encode() for t in texts]),
        lambda texts: np.array(texts, dtype=h5py.string_dtype()),
        lambda texts: np.array(texts, dtype=h5py.string_dtype("ascii")),
        lambda texts: np.array([t.encode() for t in texts], dtype="S40"),
    ],
    ids=["bytes", "variable", "ascii", "fixed"],
)
def test_names_in_every_kind_of_string(tmp_path, names):
    assert paths(imitations.two_layers(tmp_path / "m.h5", names=names)) == TWO


def test_names_cut_into_chunks(tmp_path):
    assert paths(imitations.in_chunks(tmp_path / "m.h5")) == TWO


def test_a_layer_whose_names_are_an_empty_array_of_floats(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    with h5py.File(file, "r+") as h5:
        del h5["dense_2"].attrs["weight_names"]
        h5["dense_2"].attrs["weight_names"] = np.array([])
    assert paths(file) == TWO[:2]


@pytest.mark.parametrize("settings", [
    {"compression": "gzip"}, {"chunks": True}, {"compression": "gzip", "shuffle": True},
    {"compression": "lzf"}, {"fletcher32": True},
])  # fmt: skip
def test_compressed_and_chunked_data_read_whole_and_in_windows(tmp_path, settings):
    array = values(60, 50)
    layers = {"dense_1": {"dense_1/kernel:0": array}}
    file = named(tmp_path / "m.h5", layers, **settings)
    check_values(file, {"dense_1/kernel": array})
    window = (slice(7, 31), slice(3, 44))
    with open_model(file) as model:
        part = model.weight("dense_1/kernel").read(window)
    np.testing.assert_array_equal(part, array[window])


@pytest.mark.parametrize(
    "dtype", ["float16", "float64", "int8", "uint8", "int64", ">f4"]
)
def test_numbers_of_any_type(tmp_path, dtype):
    array = (values(5, 4) * 10).astype(dtype)
    file = named(tmp_path / "m.h5", {"dense_1": {"dense_1/kernel:0": array}})
    check_values(file, {"dense_1/kernel": array})
    with open_model(file) as model:
        assert model.weight("dense_1/kernel").prunable == (array.dtype.kind == "f")


def test_bfloat16_as_keras_3_stores_it(tmp_path):
    array = values(5, 4).astype(ml_dtypes.bfloat16)
    file = tmp_path / "m.weights.h5"
    with h5py.File(file, "w") as h5:
        dataset = h5.create_dataset("layers/dense/vars/0", data=array.view("V2"))
        dataset.attrs["dtype"] = "bfloat16"
    check_values(file, {"dense/kernel": array})


def test_keras_1_names_and_bare_list_of_layers(tmp_path):
    weights = {"dense_1_W": values(4, 3), "dense_1_b": values(3)}
    gates = {f"lstm_1_{m}_{g}": values(3, 3) for g in "icfo" for m in "WU"}
    config = {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Dense", "config": {"name": "dense_1", "output_dim": 3}},
            {"class_name": "LSTM", "config": {"name": "lstm_1", "output_dim": 3}},
        ],
    }
    layers = {"dense_1": weights, "lstm_1": gates}
    file = named(tmp_path / "m.h5", layers, config=config, version="1.0.8")
    with open_model(file) as model:
        first, second = model.layers
        assert (first.kind, [w.name for w in first.weights]) == ("Dense", ["W", "b"])
        assert [str(w.role) for w in first.weights] == ["kernel", "bias"]
        roles = {str(w.role) for w in second.weights}
        assert roles == {"kernel", "recurrent kernel"}
        assert model.abilities.engine is None
        assert "Keras 1.0.8" in model.abilities.reason


def test_keras_0_3_numbers_layers_and_parameters(tmp_path):
    file = imitations.keras_0_3(tmp_path / "m.h5", [(4, 3)] * 11)
    with open_model(file) as model:
        assert [layer.name for layer in model.layers][-1] == "layer_10"
        first = model.layers[0].weights
        assert [str(w.role) for w in first] == ["kernel", "bias"]


def test_weight_names_with_a_prefix_of_another_name_or_with_none(tmp_path):
    layers = {
        "dense_1": {"model/dense_1/kernel:0": values(4, 3)},
        "dense_2": {"training/other/kernel:0": values(3, 2)},
        "dense_3": {"kernel:0": values(2, 2), "bias:0": values(2)},
    }
    config = sequential(*(("Dense", name, {"units": 2}) for name in layers))
    with open_model(named(tmp_path / "m.h5", layers, config=config)) as model:
        assert [w.name for layer in model.layers for w in layer.weights] == [
            "kernel",
            "kernel",
            "kernel",
            "bias",
        ]


def test_numbered_variables_are_sorted_as_numbers(tmp_path):
    arrays = [values(2, n + 1) for n in range(12)]
    file = numbered(tmp_path / "m.weights.h5", {"my_layer": arrays})
    with open_model(file) as model:
        (layer,) = model.layers
        assert [w.shape[1] for w in layer.weights] == list(range(1, 13))
        assert all(str(w.role) == "kernel" for w in layer.weights)


def test_groups_are_matched_by_order_where_they_carry_no_names(tmp_path):
    kernels = [values(2, n + 2) for n in range(11)]
    groups = {f"dense_{n}" if n else "dense": [k] for n, k in enumerate(kernels)}
    weights = numbered(tmp_path / "w.h5", groups)
    config = sequential(*(("Dense", f"layer{n}", {}) for n in range(11)))
    file = zipped(tmp_path / "m.keras", weights, config)
    check_values(file, {f"layer{n}/kernel": k for n, k in enumerate(kernels)})


def test_numbers_of_groups_may_have_gaps(tmp_path):
    kernels = [values(2, n + 2) for n in range(12)]
    groups = {f"dense_{2 * n}" if n else "dense": [k] for n, k in enumerate(kernels)}
    weights = numbered(tmp_path / "w.h5", groups)
    config = sequential(*(("Dense", f"layer{n}", {}) for n in range(12)))
    file = zipped(tmp_path / "m.keras", weights, config)
    check_values(file, {f"layer{n}/kernel": k for n, k in enumerate(kernels)})


def test_layers_below_the_container_of_2_13(tmp_path):
    file = tmp_path / "w.h5"
    kernel = values(3, 2)
    with h5py.File(file, "w") as h5:
        h5["_layer_checkpoint_dependencies/dense/vars/0"] = kernel
    archive = zipped(tmp_path / "m.keras", file, sequential(("Dense", "d", {})))
    check_values(archive, {"d/kernel": kernel})


def test_compressed_members_and_a_folder_around_them(tmp_path):
    import zipfile

    kernel = values(30, 20)
    weights = numbered(tmp_path / "w.h5", {"dense": [kernel]})
    config = sequential(("Dense", "d", {}))
    packed = zipped(tmp_path / "p.keras", weights, config, compression=8)
    check_values(packed, {"d/kernel": kernel})
    with (
        zipfile.ZipFile(tmp_path / "f.keras", "w") as around,
        zipfile.ZipFile(packed) as inner,
    ):
        for name in inner.namelist():
            around.writestr(f"model/{name}", inner.read(name))
    check_values(tmp_path / "f.keras", {"d/kernel": kernel})


def test_the_name_of_a_file_does_not_matter(tmp_path):
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    archive = zipped(tmp_path / "m.keras", weights, sequential(("Dense", "d", {})))
    assert paths(archive.rename(tmp_path / "archive.h5")) == ["d/kernel"]
    model = imitations.two_layers(tmp_path / "model.h5")
    assert paths(model.rename(tmp_path / "model.keras")) == TWO
    assert paths(imitations.two_layers(tmp_path / "m.hd5")) == TWO


def test_newer_forms_of_hdf5_go_through_the_library(tmp_path):
    file = tmp_path / "new.h5"
    kernel = values(4, 3)
    with h5py.File(file, "w", libver="latest", track_order=True) as h5:
        h5.attrs["layer_names"] = ["dense_1"]
        group = h5.create_group("dense_1")
        group.attrs["weight_names"] = ["dense_1/kernel:0"]
        group["dense_1/kernel:0"] = kernel
    check_values(file, {"dense_1/kernel": kernel})


def test_a_user_block_before_the_file(tmp_path):
    file = tmp_path / "m.h5"
    with h5py.File(file, "w", userblock_size=1024) as h5:
        h5["layers/dense/vars/0"] = np.arange(6.0).reshape(3, 2)
    check_values(file, {"dense/kernel": np.arange(6.0).reshape(3, 2)})


def test_a_name_alone_does_not_make_a_kernel(tmp_path):
    layers = {
        "odd": {
            "odd/kernel:0": values(5),
            "odd/threshold:0": values(2, 2),
            "odd/steps:0": np.arange(4).reshape(2, 2),
        }
    }
    with open_model(named(tmp_path / "m.h5", layers)) as model:
        assert [str(w.role) for w in model.layers[0].weights] == ["other"] * 3


def test_a_shard_that_is_missing_is_named(tmp_path):
    index = tmp_path / "m.weights.json"
    index.write_text('{"weight_map": {"/layers/dense/vars": "m_00000.weights.h5"}}')
    with pytest.raises(FormatError, match=r"m_00000\.weights\.h5"):
        open_model(index)
    numbered(tmp_path / "m_00000.weights.h5", {"dense": [values(3, 2)]})
    assert paths(index) == ["dense/kernel"]


def test_a_weight_that_is_listed_but_missing_leaves_the_rest(tmp_path):
    file = imitations.two_layers(tmp_path / "m.h5")
    with h5py.File(file, "r+") as h5:
        del h5["dense_1/dense_1/kernel:0"]
    assert paths(file) == TWO[1:]
    with open_model(file) as model:
        (note,) = model.notes
        assert "dense_1/kernel:0" in note


def test_two_layers_of_one_name_in_different_nested_models(tmp_path):
    def nested(name: str) -> dict:
        inner = sequential(("Dense", "same", {}))
        inner["config"]["name"] = name
        return {**inner, "name": name, "inbound_nodes": []}

    config = {
        "class_name": "Model",
        "config": {"name": "outer", "layers": [nested("a"), nested("b")]},
    }
    first, second = values(3, 2), values(3, 2)
    layers = {"a": {"same/kernel:0": first}, "b": {"same/kernel:0": second}}
    file = named(tmp_path / "m.h5", layers, config=config)
    check_values(file, {"a/same/kernel": first, "b/same/kernel": second})
    with open_model(file) as model:
        assert [(x.path, x.depth, x.parent) for x in model.layers] == [
            ("a", 0, None),
            ("a/same", 1, "a"),
            ("b", 0, None),
            ("b/same", 1, "b"),
        ]


def test_nested_weights_without_telling_names_go_by_order(tmp_path):
    inner = sequential(("Dense", "x", {}), ("BatchNormalization", "y", {}))
    inner = {**inner, "name": "inner"}
    inner["config"]["name"] = "inner"
    config = {"class_name": "Model", "config": {"name": "m", "layers": [inner]}}
    arrays = {
        "kernel:0": values(3, 2),
        "bias:0": values(2),
        "gamma:0": values(2),
        "beta:0": values(2),
        "moving_mean:0": values(2),
        "moving_variance:0": values(2),
    }
    file = named(tmp_path / "m.h5", {"inner": arrays}, config=config)
    found = paths(file)
    assert found[:2] == ["inner/x/kernel", "inner/x/bias"]
    assert found[2:] == [
        f"inner/y/{n}" for n in ("gamma", "beta", "moving_mean", "moving_variance")
    ]


def test_dense_of_old_keras_is_listed_with_its_settings(tmp_path):
    layers = {"dense_1": dense("dense_1", 4, 3)}
    config = sequential(("Dense", "dense_1", {"units": 3, "activation": "relu"}))
    config["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 4]
    with open_model(named(tmp_path / "m.h5", layers, config=config)) as model:
        (layer,) = model.layers
        assert layer.activation == "relu"
        assert layer.parameter_count == 15
        assert model.input_shapes == ((4,),)
        assert model.abilities.prune_and_train


def test_training_state_is_told_from_layers_that_are_called_alike(tmp_path):
    file = tmp_path / "m.weights.h5"
    kernel = values(3, 2)
    with h5py.File(file, "w") as h5:
        h5["feature_tracker/vars/0"] = kernel
        h5["loss_tracker/vars/0"] = np.float32(1)
        h5["optimizer/vars/0"] = values(3, 2)
        h5["layers/functional/layers/dense/vars/0"] = kernel
        h5["layers/functional/vars/dummy"] = 0
        h5["layers/functional/optimizer/vars/0"] = values(3, 2)
    with open_model(file) as model:
        kernels = [w.path for x in model.layers for w in x.weights if w.prunable]
        assert kernels == ["feature_tracker/kernel", "functional/dense/kernel"]
        assert model.optimizer_variable_count == 3
        assert model.optimizer_bytes == 24 + 4 + 24


def test_names_of_very_many_parts_end(tmp_path):
    file = tmp_path / "m.h5"
    with h5py.File(file, "w") as h5:
        h5["\\".join(["layers"] * 3000) + "/vars/0"] = values(3, 2)
    with pytest.raises(FormatError, match="nested too deeply"):
        open_model(file)


@pytest.mark.parametrize(
    ("config", "inputs", "outputs"),
    [
        (
            {"layers": [{"class_name": "InputLayer", "config": {
                "name": "b", "batch_shape": [None, None, 3]}},
                {"class_name": "Dense", "config": {"name": "d", "units": 7}},
                {"class_name": "Softmax", "config": {"name": "s"}}],
             "output_layers": [["s", 0, 0]]},
            ((None, 3),),
            ((7,),),
        ),
        (
            {"layers": [{"class_name": "Sequential", "config": {"layers": [
                {"class_name": "Dense", "config": {
                    "name": "d", "units": 5, "batch_input_shape": [None, 4]}}]}}]},
            ((4,),),
            ((5,),),
        ),
        (
            {"layers": [{"class_name": "InputLayer", "config": {
                "name": "b", "batch_shape": [None, 3]}},
                {"class_name": "Dense", "config": {"name": "d", "units": 7}},
                {"class_name": "Dense", "config": {"name": "e", "units": 2}}],
             "output_layers": {"z": ["d", 0, 0], "a": ["e", 0, 0]}},
            ((3,),),
            ((2,), (7,)),
        ),
        ({"layers": [{"class_name": "Flatten", "config": {"name": "f"}}]}, None, None),
        ({"layers": 3}, None, None),
    ],
)  # fmt: skip
def test_shapes_of_inputs_and_outputs(tmp_path, config, inputs, outputs):
    described = {"class_name": "Functional", "config": {"name": "m", **config}}
    weights = numbered(tmp_path / "w.h5", {"dense": [values(3, 2)]})
    with open_model(zipped(tmp_path / "m.keras", weights, described)) as model:
        assert model.input_shapes == inputs
        assert model.output_shapes == outputs


def test_a_subclassed_model_tells_what_it_was_built_with(tmp_path):
    described = {
        "class_name": "Mine",
        "module": None,
        "config": {"name": "mine"},
        "build_config": {"input_shape": [None, 9]},
    }
    weights = numbered(tmp_path / "w.h5", {"dense": [values(9, 2)]})
    with open_model(zipped(tmp_path / "m.keras", weights, described)) as model:
        assert model.input_shapes == ((9,),)
        assert model.abilities.engine is None
        assert "Mine" in model.abilities.reason
