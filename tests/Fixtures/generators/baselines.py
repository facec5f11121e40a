"""Numbers that PyTorch computes with the modules of HanxunH/RobustWRN for its ResNet, VGG and DenseNet, at reduced size.

    python3 baselines.py CLONE OUT

CLONE is a working copy of github.com/HanxunH/RobustWRN, OUT the folder that gets the files. Needs torch and numpy, nothing else.
For each network OUT gets model_NAME.safetensors: weights and running statistics (model.*), images and labels (in.*), and from runs in float64 and float32 the logits and
the mean cross-entropy in evaluation and training mode, the gradients for the images and the parameters, and the statistics after the training pass (out.*).
Entries for index.json, with a tolerance for each output, go to OUT/entries.json.
The authors' ResNet fixes widths, strides and image size; here its own blocks, stages and forward pass run with other numbers.
"""
import json
import os
import struct
import sys

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F


def reduced_resnet(resnet, block, stem, depths, widths, strides, classes):
    """The authors' ResNet with other numbers: its _make_layer and forward are used as they are."""
    net = resnet.ResNet.__new__(resnet.ResNet)
    nn.Module.__init__(net)
    net.in_planes = stem
    net.conv1 = nn.Conv2d(3, stem, kernel_size=3, stride=1, padding=1, bias=False)
    net.bn1 = nn.BatchNorm2d(stem)
    for i in range(4):
        setattr(net, "layer%d" % (i + 1), net._make_layer(block, widths[i], depths[i], strides[i]))
    net.linear = nn.Linear(widths[3] * block.expansion, classes)
    return net


def stages(depths, widths, strides=None, block=None):
    rows = [{"depth": d, "width": w} for d, w in zip(depths, widths)]
    for row, stride in zip(rows, strides or []):
        row.update(stride=stride, block={"type": block})
    return rows


def networks(clone):
    """Name, image side, the network, and its spec in the JSON of this library."""
    sys.path.insert(0, os.path.join(clone, "models"))
    import ResNet as resnet
    import densenet
    import vgg
    depths, widths, strides = [1, 2, 1, 1], [8, 12, 10, 14], [1, 2, 2, 1]
    yield ("resnet_basic", "models/ResNet.py ResNet, BasicBlock", 16, reduced_resnet(resnet, resnet.BasicBlock, 8, depths, widths, strides, 10),
           {"version": 1, "type": "res-net", "stem": {"width": 8}, "stages": stages(depths, widths, strides, "post-activation")})
    depths, widths, strides = [1, 2, 1, 1], [3, 4, 5, 6], [1, 2, 1, 2]
    yield ("resnet_bottleneck", "models/ResNet.py ResNet, Bottleneck", 16, reduced_resnet(resnet, resnet.Bottleneck, 12, depths, widths, strides, 7),
           {"version": 1, "type": "res-net", "classes": 7, "stem": {"width": 12}, "stages": stages(depths, widths, strides, "post-activation-bottleneck")})
    yield ("vgg", "models/vgg.py VGG", 16, vgg.VGG([6, "M", 8, 8, "M", 12, 12, "M", 16, "M"]),
           {"version": 1, "type": "vgg", "stages": stages([1, 2, 2, 1], [6, 8, 12, 16])})
    yield ("densenet", "models/densenet.py RobustDenseNet", 16, densenet.RobustDenseNet([2, 3, 2], [8, 10, 14], growth_rate=4, num_classes=10),
           {"version": 1, "type": "dense-net", "growth": 4, "stages": stages([2, 3, 2], [8, 10, 14])})


def randomise(net, generator):
    """Weights and statistics that no layer could ignore unnoticed; some scales are negative."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.copy_(torch.randn(module.weight.shape, generator=generator) * 0.3 + 1)
                module.weight[0] = -0.7
                module.bias.normal_(0, 0.3, generator=generator)
                module.running_mean.normal_(0, 0.3, generator=generator)
                module.running_var.uniform_(0.5, 2, generator=generator)
            elif isinstance(module, (nn.Conv2d, nn.Linear)):
                module.weight.normal_(0, (2 / module.weight[0].numel()) ** 0.5, generator=generator)
                if module.bias is not None:
                    module.bias.normal_(0, 0.2, generator=generator)


def run(net, state, x, y, dtype):
    """Everything that is computed, by name, in one dtype."""
    result = {}
    for mode in ("eval", "train"):
        net.load_state_dict(state)
        net.to(dtype)
        net.train(mode == "train")
        net.zero_grad(set_to_none=True)
        images = x.to(dtype).clone().requires_grad_(True)
        logits = net(images)
        loss = F.cross_entropy(logits, y)
        loss.backward()
        result[mode + ".logits"], result[mode + ".loss"], result[mode + ".grad.x"] = logits.detach(), loss.detach(), images.grad
        for name, parameter in net.named_parameters():
            result["%s.grad.%s" % (mode, name)] = parameter.grad.clone()
    for name, value in net.state_dict().items():
        if "running" in name:
            result["train.after." + name] = value.clone()
    net.float()
    return result


TYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


def write(path, tensors):
    header, body, at = {}, [], 0
    for name, tensor in tensors.items():
        data = numpy.ascontiguousarray(tensor.numpy()).tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        body.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(body))
    return 8 + len(text) + at


def rounded(value):
    return float("%.3g" % value)


def main(clone, out):
    torch.set_num_threads(1)
    entries = []
    for number, (name, source, side, net, spec) in enumerate(networks(clone)):
        generator = torch.Generator().manual_seed(2026 + number)
        randomise(net, generator)
        state = {key: value.clone() for key, value in net.state_dict().items()}
        classes = spec.get("classes", 10)
        x, y = torch.rand(4, 3, side, side, generator=generator), torch.randint(classes, (4,), generator=generator)
        exact, single = run(net, state, x, y, torch.float64), run(net, state, x, y, torch.float32)
        tensors = {"model." + key: value for key, value in state.items()}
        tensors.update({"in.x": x, "in.y": y})
        outputs = {}
        for key, value in exact.items():
            scale = max(float(value.abs().max()), 1e-3)
            measured = float((value - single[key].double()).abs().max())
            in_float32 = rounded(max(4 * measured, 1e-6 * scale))
            # Gradients of parameters are stored rounded to float32.
            short = ".grad." in key and not key.endswith(".grad.x")
            output = ("out.f64run." if short else "out.f64.") + key
            tensors[output] = value.float() if short else value
            outputs[output] = {"kind": "abs", "atol": rounded(scale * (1e-7 if short else 1e-11)), "atol_if_computed_in_float32": in_float32}
        file = "model_%s.safetensors" % name
        size = write(os.path.join(out, file), tensors)
        entries.append({
            "file": file,
            "title": "%s at reduced size: logits, loss and gradients in eval and train mode, running statistics after the training pass" % name,
            "produced_by": ["HanxunH/RobustWRN " + source, "tests/Fixtures/generators/baselines.py"],
            "hyperparameters": {"spec": spec, "batch": 4, "image": side, "loss": "mean cross-entropy", "parameter_count": sum(p.numel() for p in net.parameters())},
            "inputs": [key for key in tensors if not key.startswith("out.")],
            "outputs": outputs,
            "bytes": size,
        })
    with open(os.path.join(out, "entries.json"), "w") as file:
        json.dump(entries, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
