"""What the processor can do at most, measured: products of large int8 matrices by the same library."""

import time

import numpy as np
import onnxruntime

ROWS, DEPTH, COLUMNS = 1024, 768, 3072


def int8_peak(threads: int, seconds: float = 2.0) -> float:
    """Return the multiply-adds a second of a large int8 product with constant weights, as the stance model has them, repeated for some seconds: the fastest run."""
    graph = _graph()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    values = np.random.default_rng(0).integers(0, 255, (ROWS, DEPTH)).astype(np.uint8)
    session.run(None, {"values": values})
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        session.run(None, {"values": values})
        best = min(best, time.perf_counter() - began)
    return ROWS * DEPTH * COLUMNS / best


def _graph() -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    weight = np.random.default_rng(1).integers(-63, 64, (DEPTH, COLUMNS)).astype(np.int8)
    node = helper.make_node("MatMulInteger", ["values", "weight"], ["product"])
    graph = helper.make_graph(
        [node],
        "peak",
        [helper.make_tensor_value_info("values", TensorProto.UINT8, [ROWS, DEPTH])],
        [helper.make_tensor_value_info("product", TensorProto.INT32, [ROWS, COLUMNS])],
        [numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return bytes(model.SerializeToString())
