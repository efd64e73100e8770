"""What ONNX Runtime computes on: a graphics card where one is there and works, otherwise the processor.

A card is never needed. The runtime falls back to the processor by itself where a card does not start; what was really
used is then in the engine's name, and so in every reading.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Device = Literal["auto", "cpu"]
"""auto: the best provider that is installed; cpu: the processor, whatever is installed."""

CPU = "CPUExecutionProvider"

ACCELERATORS = ("CUDA", "MIGraphX", "ROCM", "CANN", "Dml")
"""Providers that are used where installed, best first. TensorRT is not among them: it builds a plan for each new page
size, which takes minutes. Nor is OpenVINO: on the processor it was measured no faster."""


def choose_providers(available: Sequence[str], device: Device) -> tuple[str, ...]:
    """The providers to ask for, best first; the processor is always the last."""
    names = (f"{accelerator}ExecutionProvider" for accelerator in ACCELERATORS)
    best = next((name for name in names if name in available), None) if device == "auto" else None
    return (best, CPU) if best else (CPU,)


def installed_providers() -> tuple[str, ...]:
    """What the installed ONNX Runtime was built with; that a card is there and works is not said by it."""
    import onnxruntime

    return tuple(onnxruntime.get_available_providers())


def provider_options(providers: Sequence[str]) -> list[dict[str, Any]]:
    """Options for each provider: CUDA must not choose its algorithms by timing them, or readings would differ."""
    return [{"cudnn_conv_algo_search": "DEFAULT"} if name.startswith("CUDA") else {} for name in providers]


def open_session(model: Path, providers: Sequence[str], threads: int) -> "InferenceSession":
    """The ONNX file as a session on the first of the providers that starts; all share one pool of memory."""
    import onnxruntime

    _share_memory()
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # a plan kept for each width of strip met cost 80 MB and saved no time
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(
        str(model), options, providers=list(providers), provider_options=provider_options(providers)
    )


@functools.cache
def _share_memory() -> None:
    """Let all sessions of this process work in one pool.

    A session's own pool keeps the most it ever needed. Detector and recognisers run one after another, so that three
    of the four pools lay idle: with one pool a reader of pages of 41 shapes peaks at 463 instead of 514 MB.
    """
    import onnxruntime

    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(0, -1, -1, -1))  # -1: as it is by itself


def kept(asked: Sequence[str], used: str) -> tuple[str, ...]:
    """What to ask for after the first session: the same, or without the card that did not start."""
    return tuple(asked) if used == asked[0] else (used,)


def described(asked: Sequence[str], used: str) -> str:
    """What was used, for the engine's name: "onnxruntime-cuda", or "onnxruntime-cpu(cuda-failed)" after a fall back."""
    failed = "" if used == asked[0] else f"({_short(asked[0])}-failed)"
    return f"onnxruntime-{_short(used)}{failed}"


def _short(provider: str) -> str:
    return provider.removesuffix("ExecutionProvider").lower()
