"""Makes of SVHN's MATLAB files what RobustWrn reads. Needs numpy and scipy.

    python convert_svhn.py FOLDER

FOLDER holds train_32x32.mat, test_32x32.mat and perhaps extra_32x32.mat; train.npz, test.npz and extra.npz are written beside them, each with the arrays
image, uint8 (N, 32, 32, 3), and label, int64 (N). In MATLAB's files the digit 0 has the label 10.
"""
import pathlib
import sys

import numpy
import scipy.io

folder = pathlib.Path(sys.argv[1])
for part in ("train", "test", "extra"):
    source = folder / f"{part}_32x32.mat"
    if not source.exists():
        print(f"{source} is not there")
        continue
    content = scipy.io.loadmat(source)
    image = numpy.ascontiguousarray(content["X"].transpose(3, 0, 1, 2))
    label = content["y"].astype(numpy.int64).reshape(-1) % 10
    numpy.savez(folder / f"{part}.npz", image=image, label=label)
    print(f"{part}: {len(label)} images")
