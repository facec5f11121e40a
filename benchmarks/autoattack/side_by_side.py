"""The official AutoAttack and ours in turns on the same network and images, in CPU seconds.

    python3 side_by_side.py --official FOLDER [--rounds N] [--search float32|bfloat16] [--attacks apgd-ce apgd-t fab-t square]

FOLDER is the package of the official code (the folder with autoattack.py of fra31/auto-attack); python3 needs torch and numpy. Ours is benchmarks/RobustWrn.Benchmarks, which
must be built (dotnet build -c Release). Both run on one thread, attack by attack in turns, each on what its own earlier attacks left right.
"""
import argparse
import importlib
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
VECTORS = REPOSITORY / "tests/Fixtures/vectors/autoattack_standard_200.safetensors"
EPSILON = 8 / 255


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm2d(inputs), nn.BatchNorm2d(outputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        x = torch.relu_(self.bn1(x))
        main = torch.relu_(self.bn2(self.conv1(x)))
        return self.conv2(main) + self.convShortcut(x)


class Stage(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.layer = nn.Sequential(*blocks)

    def forward(self, x):
        return self.layer(x)


class Reference(nn.Module):
    """The reference network: stem 16, stages 32-64-48 of one block each."""

    def __init__(self):
        super().__init__()
        self.stem_conv = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.blocks = nn.ModuleList([Stage(Block(16, 32, 1)), Stage(Block(32, 64, 2)), Stage(Block(64, 48, 2))])
        self.bn1 = nn.BatchNorm2d(48)
        self.fc = nn.Linear(48, 10)

    def forward(self, x):
        x = self.stem_conv(x)
        for stage in self.blocks:
            x = stage(x)
        return self.fc(torch.relu_(self.bn1(x)).mean((2, 3)))


def read_safetensors(path):
    types = {"F32": numpy.float32, "F64": numpy.float64, "I64": numpy.int64, "U8": numpy.uint8, "BOOL": numpy.bool_}
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    body = content[8 + length:]
    return {
        name: torch.from_numpy(numpy.frombuffer(body[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"]).copy())
        for name, entry in header.items() if name != "__metadata__"
    }


class Official:
    def __init__(self, folder):
        folder = pathlib.Path(folder).resolve()
        sys.path.insert(0, str(folder.parent))
        package = importlib.import_module(folder.name)
        torch.set_num_threads(1)
        tensors = read_safetensors(VECTORS)
        self.model = Reference()
        self.model.load_state_dict({name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")})
        self.model.eval()
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)
        self.images, self.labels = tensors["in.images_u8"].float() / 255, tensors["in.y"]
        self.attack = package.AutoAttack(self.model, norm="Linf", eps=EPSILON, version="standard", seed=0, verbose=False, device="cpu")
        self.begin()

    def begin(self):
        with torch.no_grad():
            self.left = torch.nonzero(self.model(self.images).argmax(1) == self.labels).flatten()

    def run(self, name):
        images, labels = self.images[self.left], self.labels[self.left]
        self.attack.attacks_to_run = [name]
        start = time.process_time()
        found = self.attack.run_standard_evaluation(images, labels, bs=250)
        seconds = time.process_time() - start
        found = found[0] if isinstance(found, tuple) else found
        with torch.no_grad():
            self.left = self.left[self.model(found).argmax(1) == labels]
        return seconds, self.left.tolist()


class Ours:
    def __init__(self, search):
        program = REPOSITORY / "benchmarks/RobustWrn.Benchmarks/bin/Release/net10.0/RobustWrn.Benchmarks.dll"
        self.process = subprocess.Popen(
            ["dotnet", str(program), "autoattack", "--vectors", str(VECTORS), "--search", search],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("our side stopped; see its message above")
        return json.loads(answer)

    def begin(self):
        self.ask("begin")

    def run(self, name):
        answer = self.ask(name)
        return answer["seconds"], answer["left"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--search", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--attacks", nargs="+", default=["apgd-ce", "apgd-t", "fab-t", "square"])
    choices = parser.parse_args()
    official, ours = Official(choices.official), Ours(choices.search)
    totals = []
    for number in range(choices.rounds):
        official.begin()
        ours.begin()
        sums = [0.0, 0.0]
        print(f"round {number + 1}: {len(official.left)} images right unchanged", flush=True)
        for i, name in enumerate(choices.attacks):
            sides = [official, ours]
            order = [0, 1] if (number + i) % 2 == 0 else [1, 0]
            results = [None, None]
            for side in order:
                results[side] = sides[side].run(name)
            (theirs, left), (own, own_left) = results
            sums = [sums[0] + theirs, sums[1] + own]
            differing = len(set(left) ^ set(own_left))
            print(f"  {name:8} official {theirs:7.1f} s, ours {own:7.1f} s, ratio {own / theirs:.2f}; left {len(left)} and {len(own_left)}, verdicts that differ {differing}", flush=True)
        totals.append(sums[1] / sums[0])
        print(f"  total    official {sums[0]:7.1f} s, ours {sums[1]:7.1f} s, ratio {totals[-1]:.3f}", flush=True)
    print(f"ours takes {statistics.median(totals):.3f} of the official CPU time (median of {len(totals)}; {min(totals):.3f} to {max(totals):.3f})")


if __name__ == "__main__":
    main()
