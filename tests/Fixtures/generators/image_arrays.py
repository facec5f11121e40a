"""Writes tests/Fixtures/images: small arrays in the forms in which extra images are published. Needs numpy; run from the repository's root.

Pixel i of image n of an array is (7 n + i) modulo 251, counted in the order (height, width, channel); its label is 3 n modulo 10.
"""
import pathlib
import pickle

import numpy

folder = pathlib.Path(__file__).resolve().parents[1] / "images"
folder.mkdir(exist_ok=True)


def arrays(count, height=5, width=4, channels=3, label=numpy.int64):
    size = height * width * channels
    image = (7 * numpy.arange(count)[:, None] + numpy.arange(size)[None, :]) % 251
    return image.astype(numpy.uint8).reshape(count, height, width, channels), (3 * numpy.arange(count) % 10).astype(label)


image, label = arrays(12)
numpy.savez(folder / "stored.npz", image=image, label=label)
numpy.savez_compressed(folder / "deflated.npz", image=image, label=label.astype(numpy.int32))
numpy.savez_compressed(folder / "grey.npz", x=image[:, :, :, 0], y=label.astype(numpy.uint8))
# From 100 images on, the pixels take more than 4,096 bytes, and the reader leaves them in the file.
image, label = arrays(100)
for protocol in range(6):
    with open(folder / f"protocol{protocol}.pickle", "wb") as file:
        few, few_labels = arrays(12)
        data = {"data": image, "extrapolated_targets": label} if protocol >= 2 else {"data": few, "extrapolated_targets": few_labels}
        pickle.dump(data, file, protocol=protocol)
with open(folder / "bigendian.pickle", "wb") as file:
    pickle.dump({"data": image, "extrapolated_targets": label.astype(">i4"), "more": ["text", 1]}, file, protocol=4)
