"""An ONNX Runtime session of a sentence encoder, and a check of its graph."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from app.services.commands import MODEL_COMMAND
from app.services.encoder.model_spec import ModelSpec
from app.services.errors import ModelFileError

_REMEDY = f"make it again with: {MODEL_COMMAND}"
_DISABLED_OPTIMIZERS = ["MatmulTransposeFusion"]
"""ONNX Runtime 1.32 crashes in this optimizer on this project's FP32 graph converted to FP16. Without it, other graphs
are as fast and give the same bits."""

_SPIN_MICROSECONDS = "20"

_EXPORT_HINT = "export the model without pooling (task feature-extraction)"


class OnnxSession:
    """A BERT-like graph from token ids to one state per token. Any number of threads may call `run` at once.

    If a graph has several outputs, the states are the one named last_hidden_state, otherwise the first.
    """

    def __init__(self, path: Path, *, threads: int) -> None:
        """Open the graph at ``path``; ``threads`` work on each call.

        Raises:
            ModelFileError: The file is missing or is not an ONNX model.
        """
        if not path.is_file():
            raise ModelFileError(f"{path} is missing or not a file; {_REMEDY}")
        try:
            self._session = onnxruntime.InferenceSession(
                path,
                _options(threads),
                providers=["CPUExecutionProvider"],
                enable_fallback=0,
                disabled_optimizers=_DISABLED_OPTIMIZERS,
            )
        except Exception as error:  # the library's errors share no narrower base
            raise ModelFileError(f"{path} is not a usable ONNX model ({_first_line(error)}); {_REMEDY}") from error
        self._path = path
        self._inputs = [node.name for node in self._session.get_inputs()]
        outputs = [node.name for node in self._session.get_outputs()]
        self._output = "last_hidden_state" if "last_hidden_state" in outputs else outputs[0]

    def run(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the states [batch, sequence, dimension] of token ids [batch, sequence] without padding."""
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run([self._output], {name: feeds[name] for name in self._inputs})
        return np.asarray(states, np.float32)

    def check(self, spec: ModelSpec, vocabulary: int) -> None:
        """Check that the graph reads the tokens of a tokenizer and gives states of the dimension in config.json.

        Raises:
            ModelFileError: It is another kind of graph, or the files are not of one model.
        """
        path, nodes = self._path, self._session.get_inputs()
        if "input_ids" not in self._inputs or not set(self._inputs) <= set(spec.inputs):
            raise ModelFileError(
                f"{path} has the inputs {', '.join(self._inputs)}; it may have {', '.join(spec.inputs)}, and must have "
                f"input_ids; {_EXPORT_HINT}"
            )
        if any(node.type != "tensor(int64)" or len(node.shape) != 2 for node in nodes):
            raise ModelFileError(f"{path} has other inputs than int64 [batch, sequence]; {_EXPORT_HINT}")
        try:
            states = self.run(np.array([[vocabulary - 1]]))
        except Exception as error:  # the library's errors share no narrower base
            raise ModelFileError(
                f"{path} cannot encode the last of the {vocabulary:,} tokens of its tokenizer.json "
                f"({_first_line(error)}): put the files of one model together"
            ) from error
        if states.ndim != 3:
            raise ModelFileError(f"{path} gives {list(states.shape)} and not a state for each token; {_EXPORT_HINT}")
        if states.shape[-1] != spec.dimension:
            raise ModelFileError(
                f"{path} gives vectors of {states.shape[-1]} dimensions, and its config.json says {spec.dimension} "
                "(the default is 384): set hidden_size, or put the files of one model together"
            )


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Several threads that spin between the steps of a text are faster than threads that sleep there. If they spin for a
    # short time only, and not between texts, they hardly delay other threads and programs.
    options.add_session_config_entry("session.intra_op.spin_duration_us", _SPIN_MICROSECONDS)
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    return options


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
