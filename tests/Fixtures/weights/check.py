"""Checks with a real PyTorch that a file written by NetworkWeights.Save gives the logits of the network it came from:

    /usr/bin/python3 check.py [FILE.pth]        (default: written.pth, which the tests hold the writer to, byte for byte)"""
import sys

import torch

from make import Network, here


def main(path):
    net = Network()
    expected = torch.load(here("network_expected"))
    for options in ({}, {"weights_only": True}):
        state = torch.load(path, **options)
        net.load_state_dict(state, strict=True)
        with torch.no_grad():
            difference = (net.eval()(expected["x"]) - expected["logits"]).abs().max().item()
        print(f"{path} {options}: {len(state)} tensors, logits differ by {difference}")
        assert difference == 0


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else here("written"))
