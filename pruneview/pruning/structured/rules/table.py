"""Which rule follows channels through which class of layers.

A new kind of layer is one entry here, and a function where no rule fits it yet.
"""

from collections.abc import Mapping

from pruneview.pruning.structured.rules import (
    attention,
    convolution,
    dense,
    elementwise,
    merging,
    normalization,
    operators,
    recurrent,
    shape,
    space,
    wrappers,
)
from pruneview.pruning.structured.tracing.axes import Tensor
from pruneview.pruning.structured.tracing.call import Call
from pruneview.pruning.structured.tracing.trace import Rule


def _each(rule: Rule, *kinds: str) -> dict[str, Rule]:
    return dict.fromkeys(kinds, rule)


def _dimensions(rule: Rule, *kinds: str) -> dict[str, Rule]:
    return {f"{kind}{n}D": rule for kind in kinds for n in (1, 2, 3)}


def _transposed(rule: Rule) -> dict[str, Rule]:
    return {f"Conv{n}DTranspose": rule for n in (1, 2, 3)}


def _time_distributed(call: Call) -> Tensor:
    return wrappers.time_distributed(call, rule_for)


RULES: Mapping[str, Rule] = {
    "Dense": dense.dense,
    "Embedding": dense.embedding,
    "ReversibleEmbedding": dense.embedding,
    "EinsumDense": dense.einsum_dense,
    **_dimensions(convolution.convolution, "Conv", "Convolution"),
    **_transposed(convolution.transposed),
    **_dimensions(convolution.depthwise, "DepthwiseConv"),
    **_dimensions(convolution.separable, "SeparableConv"),
    **_each(recurrent.recurrent, "SimpleRNN", "LSTM", "GRU", "CuDNNLSTM", "CuDNNGRU"),
    **_dimensions(recurrent.recurrent, "ConvLSTM"),
    "Bidirectional": wrappers.bidirectional,
    "TimeDistributed": _time_distributed,
    "MultiHeadAttention": attention.multi_head,
    "Attention": attention.dot_product,
    "BatchNormalization": normalization.batch,
    "SyncBatchNormalization": normalization.batch,
    **_each(normalization.layer, "LayerNormalization", "RMSNormalization"),
    "UnitNormalization": normalization.layer,
    "GroupNormalization": normalization.group,
    "Normalization": normalization.fixed_statistics,
    "PReLU": elementwise.prelu,
    "Activation": elementwise.activation,
    **_each(elementwise.activation_layer, "ReLU", "LeakyReLU", "ELU"),
    "ThresholdedReLU": elementwise.activation_layer,
    "Softmax": elementwise.softmax,
    "Rescaling": elementwise.rescaling,
    "Masking": elementwise.refuse_mask,
    "LayerScale": elementwise.stays,
    **_each(elementwise.unchanged, "InputLayer", "Dropout", "AlphaDropout", "Identity"),
    **_each(elementwise.unchanged, "GaussianNoise", "GaussianDropout"),
    **_each(elementwise.unchanged, "ActivityRegularization", "StochasticDepth"),
    **_dimensions(elementwise.unchanged, "SpatialDropout"),
    **dict.fromkeys(merging.COMBINE, merging.merge),
    "Concatenate": merging.concatenate,
    "Dot": merging.dot,
    "CustomScaleLayer": merging.scaled_residual,
    "Flatten": shape.flatten,
    "Reshape": shape.reshape,
    "Permute": shape.permute,
    "RepeatVector": shape.repeat_vector,
    **_dimensions(space.pooling, "MaxPooling", "AveragePooling", "MaxPool"),
    **_dimensions(space.global_pooling, "GlobalMaxPooling", "GlobalAveragePooling"),
    **_dimensions(space.padding, "ZeroPadding"),
    **_dimensions(space.cropping, "Cropping"),
    **_dimensions(space.upsampling, "UpSampling"),
    **_each(space.resizing, "Resizing", "CenterCrop"),
    **_each(operators.operator, "TFOpLambda", "SlicingOpLambda"),
}


def rule_for(kind: str, module: str) -> Rule | None:
    """Return the rule of a class; None where nothing is known of it."""
    if ".ops." in module or module.endswith(".ops"):
        return operators.operator
    return RULES.get(kind.rpartition(">")[2])
