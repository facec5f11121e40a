using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>What any augmentation must keep, clause by clause. Each throws when an augmentation breaks it.</summary>
public static class AugmentationContract
{
    private static readonly RandomStream Epoch = RandomStream.From(4).For("contract");

    public static IReadOnlyDictionary<string, Action<IAugmentation>> Clauses { get; } = new Dictionary<string, Action<IAugmentation>>
    {
        ["keeps shape, dtype and range"] = KeepsShapeDtypeAndRange,
        ["treats an example alone as in a batch"] = TreatsAnExampleAlone,
        ["differs between epochs and examples"] = DiffersBetweenEpochs,
        ["leaves its input alone"] = LeavesItsInputAlone,
        ["releases its tensors"] = ReleasesItsTensors,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void KeepsShapeDtypeAndRange(IAugmentation augmentation)
    {
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Byte])
        {
            foreach (int channels in (int[])[1, 3])
            {
                AugmentedImages given = new(8, channels, dtype);
                Tensor images = augmentation.Apply(given.Images, Epoch, given.Examples);
                Assert.Equal(given.Images.shape, images.shape);
                Assert.Equal(dtype, images.dtype);
                Tensor pixels = images.to(ScalarType.Float64);
                Assert.InRange(pixels.min().item<double>(), 0, 255);
                Assert.InRange(pixels.max().item<double>(), 0, dtype == ScalarType.Byte ? 255 : 1);
            }
        }
    }

    private static void TreatsAnExampleAlone(IAugmentation augmentation)
    {
        AugmentedImages given = new(6, 3);
        Tensor together = augmentation.Apply(given.Images, Epoch, given.Examples);
        for (int i = 0; i < 6; i++)
            SharedClauses.AssertEqual(together.narrow(0, i, 1),
                augmentation.Apply(given.Images.narrow(0, i, 1), Epoch, given.Examples.AsSpan(i, 1)), 1e-6, $"example {i} alone");
        Tensor turned = augmentation.Apply(given.Images.flip(0), Epoch, given.Examples.Reverse().ToArray());
        SharedClauses.AssertEqual(together.flip(0), turned, 1e-6, "in another order");
    }

    private static void DiffersBetweenEpochs(IAugmentation augmentation)
    {
        AugmentedImages given = new(64, 3);
        Tensor one = augmentation.Apply(given.Images, Epoch.At(0), given.Examples),
            again = augmentation.Apply(given.Images, Epoch.At(0), given.Examples);
        Tensor other = augmentation.Apply(given.Images, Epoch.At(1), given.Examples);
        Assert.True(one.eq(again).all().item<bool>(), "the same stream gives two results");
        Assert.False(one.eq(other).all().item<bool>(), "two epochs give the same");
    }

    private static void LeavesItsInputAlone(IAugmentation augmentation)
    {
        AugmentedImages given = new(8, 3);
        Tensor before = given.Images.clone();
        augmentation.Apply(given.Images, Epoch, given.Examples);
        Assert.True(given.Images.eq(before).all().item<bool>(), "the input changed");
    }

    private static void ReleasesItsTensors(IAugmentation augmentation)
    {
        AugmentedImages given = new(8, 3);
        SharedClauses.ReleasesItsTensors(() => augmentation.Apply(given.Images, Epoch, given.Examples).Dispose());
    }
}
