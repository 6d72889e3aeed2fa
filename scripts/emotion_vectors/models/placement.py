"""Where a model is put: on the processor, or on a GPU that no other job uses."""

from __future__ import annotations

import logging

import torch

from emotion_vectors.artefacts import devices
from emotion_vectors.artefacts.devices import DeviceError

log = logging.getLogger(__name__)


def device_for_model() -> torch.device:
    """The device on which this process runs models: what its step was given, outside a step a GPU where there is one.

    Raises:
        DeviceError: the step was given a GPU, and PyTorch sees none.
    """
    allowance = devices.allowed()
    if allowance is not None and not allowance.gpu:
        return torch.device("cpu")
    identities = visible()
    if not identities:
        if allowance is None:
            return torch.device("cpu")
        raise DeviceError(
            f"this step was given a GPU (compute.device), and PyTorch {torch.__version__} sees none on this machine; look at what "
            "nvidia-smi says, or set compute.device to cpu in the configuration"
        )
    number = devices.take(identities, share=allowance is not None and allowance.share)
    torch.cuda.set_device(number)
    log.info("on GPU %d, %s", number, identities[number])
    return torch.device("cuda", number)


def visible() -> list[str]:
    """Identities of the GPUs that PyTorch sees, in its order: the same in every process, whatever numbers it gives them."""
    if not torch.cuda.is_available():
        return []
    return [str(torch.cuda.get_device_properties(number).uuid) for number in range(torch.cuda.device_count())]
