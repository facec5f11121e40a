"""Makes the files beside it with a real PyTorch (1.13 of Debian 12): /usr/bin/python3 make.py

Every number follows from its position, so that the tests can say what they must find."""
import argparse
import datetime
import math
import pathlib
from collections import OrderedDict

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.changes = inputs != outputs
        if self.changes or stride != 1:
            self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        activated = F.relu(self.bn1(x))
        main = self.conv2(F.relu(self.bn2(self.conv1(activated))))
        if hasattr(self, "convShortcut"):
            x = self.convShortcut(activated if self.changes else x)
        return main + x


class Stage(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.layer = nn.Sequential(*blocks)

    def forward(self, x):
        return self.layer(x)


class Network(nn.Module):
    """WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [4, 6]) with 5 classes."""

    def __init__(self):
        super().__init__()
        self.stem_conv = nn.Conv2d(3, 4, 3, 1, 1, bias=False)
        self.blocks = nn.ModuleList([Stage([Block(4, 4, 1)]), Stage([Block(4, 6, 2), Block(6, 6, 1)])])
        self.bn1 = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = self.stem_conv(x)
        for block in self.blocks:
            x = block(x)
        return self.fc(F.relu(self.bn1(x)).mean((2, 3)))


def wave(shape, step=0.37, low=-0.5, high=0.5):
    count = math.prod(shape)
    return (low + (high - low) * (0.5 + 0.5 * torch.sin(step * torch.arange(1, count + 1, dtype=torch.float64)))).reshape(shape).float()


def network():
    net = Network()
    for number, (name, tensor) in enumerate(net.state_dict().items()):
        if name.endswith("num_batches_tracked"):
            tensor.fill_(number)
        else:
            low = 0.5 if name.endswith("running_var") or (".bn" in name or name.startswith("bn")) and name.endswith("weight") else -0.5
            tensor.copy_(wave(tensor.shape, 0.37 + 0.01 * number, low, low + 1))
    return net.eval()


def here(name):
    return str(pathlib.Path(__file__).with_name(name + ".pth"))


def save(what, name, **options):
    torch.save(what, here(name), **options)


LEGACY = {"_use_new_zipfile_serialization": False}


def main():
    net = network()
    state = net.state_dict()
    x = wave((2, 3, 8, 8), 0.11, 0, 1)
    with torch.no_grad():
        logits = net(x)
    save(state, "network")
    save(state, "network_legacy", **LEGACY)
    save({"x": x, "logits": logits}, "network_expected", pickle_protocol=4)

    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    net.train()
    F.cross_entropy(net(x), torch.tensor([1, 3])).backward()
    optimizer.step()
    checkpoint = {
        "epoch": 7,
        "best_acc": np.float64(0.5625),
        "hash": 2 ** 70,
        "args": argparse.Namespace(lr=0.1, name="wrn", depths=(1, 2)),
        "when": datetime.datetime(2026, 1, 2, 3, 4, 5),
        "loss": F.cross_entropy,
        "history": [{"epoch": i, "loss": 1.0 / (i + 1)} for i in range(3)],
        "seen": {1, 2, 3},
        "shape": torch.Size([2, 3]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "rng": np.arange(5, dtype=np.uint32),
        "optimizer": optimizer.state_dict(),
        "model_state_dict": OrderedDict(("module." + k, v) for k, v in network().state_dict().items()),
        "ema_state_dict": OrderedDict((k, v * 2 if v.is_floating_point() else v) for k, v in network().state_dict().items()),
    }
    save(checkpoint, "checkpoint")
    save(checkpoint, "checkpoint_legacy", **LEGACY)
    save({"net": net, "epoch": 1}, "module")

    types = OrderedDict()
    for dtype in [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128]:
        types[str(dtype).split(".")[1]] = torch.arange(6).reshape(2, 3).to(dtype)
    types["scalar"] = torch.tensor(2.5)
    types["empty"] = torch.zeros(0, 4)
    save(types, "types")
    save(types, "types_legacy", **LEGACY)

    base = torch.arange(24, dtype=torch.float32)
    cube = torch.arange(120, dtype=torch.float32).reshape(2, 3, 4, 5)
    views = OrderedDict(
        whole=base, tail=base[10:], matrix=base.reshape(4, 6), transposed=base.reshape(4, 6).t(), every_other=base[1::2], corner=base.reshape(4, 6)[1:3, 2:4],
        expanded=torch.tensor([3.0, 4.0]).reshape(2, 1).expand(2, 3), channels_last=cube.contiguous(memory_format=torch.channels_last),
        parameter=nn.Parameter(torch.arange(3.0)), frozen=nn.Parameter(torch.arange(2.0), requires_grad=False), alone=torch.arange(1000, dtype=torch.float32)[500:503])
    save(views, "views")
    save(views, "views_legacy", **LEGACY)

    arrays = {
        "weights": {
            "f8": np.arange(6, dtype="<f8").reshape(2, 3), "f4_fortran": np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)), "i8_big_endian": np.arange(6, dtype=">i8"),
            "b1": np.array([True, False]), "u1": np.arange(3, dtype="u1"), "f2": np.arange(3, dtype="f2"), "scalar_f4": np.float32(1.5), "scalar_i8": np.int64(-7), "number": 3, "zero_d": np.array(2.0),
            "tensor": torch.arange(2.0)},
        "text": "é and \U0001f600",
    }
    save(arrays, "numpy")
    save(arrays, "numpy_protocol5", pickle_protocol=5)


if __name__ == "__main__":
    main()
