using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>What any augmentation that mixes examples must keep, clause by clause. Each throws when one breaks it.</summary>
public static class BatchAugmentationContract
{
    private static readonly RandomStream Epoch = RandomStream.From(4).For("contract");

    public static IReadOnlyDictionary<string, Action<IBatchAugmentation>> Clauses { get; } = new Dictionary<string,
        Action<IBatchAugmentation>>
    {
        ["keeps shape, dtype and range"] = KeepsShapeDtypeAndRange,
        ["mixes labels as it mixes images"] = MixesLabels,
        ["does not depend on positions"] = DoesNotDependOnPositions,
        ["leaves one image alone as it is"] = LeavesOneImageAsItIs,
        ["leaves its input alone"] = LeavesItsInputAlone,
        ["releases its tensors"] = ReleasesItsTensors,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void KeepsShapeDtypeAndRange(IBatchAugmentation augmentation)
    {
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Byte])
        {
            AugmentedImages given = new(8, 3, dtype);
            using MixedBatch mixed = augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples);
            Assert.Equal(given.Images.shape, mixed.Images.shape);
            Assert.Equal(dtype, mixed.Images.dtype);
            Assert.InRange(mixed.Images.to(ScalarType.Float64).max().item<double>(), 0, dtype == ScalarType.Byte ? 255 : 1);
            Assert.InRange(mixed.Images.to(ScalarType.Float64).min().item<double>(), 0, 255);
        }
    }

    private static void MixesLabels(IBatchAugmentation augmentation)
    {
        AugmentedImages given = new(32, 3);
        using MixedBatch mixed = augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples);
        double[] shares = mixed.Labels.Share.to(ScalarType.Float64).data<double>().ToArray();
        Assert.True(mixed.Labels.First.eq(given.Labels).all().item<bool>(), "the first class of an image must be its own");
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Contains(shares, share => share < 1);
        // Where the whole share is its own, nothing of another image is in it.
        bool[] same = mixed.Images.eq(given.Images).flatten(1).all(1).data<bool>().ToArray();
        Assert.All(shares.Zip(same), pair => Assert.True(pair.First < 1 || pair.Second, "an image is mixed, its label is not"));
    }

    private static void DoesNotDependOnPositions(IBatchAugmentation augmentation)
    {
        AugmentedImages given = new(9, 3);
        using MixedBatch mixed = augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples);
        using MixedBatch turned = augmentation.Apply(given.Images.flip(0), given.Labels.flip(0), Epoch, given.Examples.Reverse().ToArray());
        SharedClauses.AssertEqual(mixed.Images.flip(0), turned.Images, 1e-6, "in another order");
        SharedClauses.AssertEqual(mixed.Labels.Share.flip(0), turned.Labels.Share, 1e-6, "the shares in another order");
    }

    private static void LeavesOneImageAsItIs(IBatchAugmentation augmentation)
    {
        AugmentedImages given = new(1, 3);
        using MixedBatch mixed = augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples);
        SharedClauses.AssertEqual(given.Images, mixed.Images, 1e-6, "one image");
    }

    private static void LeavesItsInputAlone(IBatchAugmentation augmentation)
    {
        AugmentedImages given = new(8, 3);
        Tensor images = given.Images.clone(), labels = given.Labels.clone();
        augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples).Dispose();
        Assert.True(given.Images.eq(images).all().item<bool>() && given.Labels.eq(labels).all().item<bool>(), "the input changed");
    }

    private static void ReleasesItsTensors(IBatchAugmentation augmentation)
    {
        AugmentedImages given = new(8, 3);
        SharedClauses.ReleasesItsTensors(() => augmentation.Apply(given.Images, given.Labels, Epoch, given.Examples).Dispose());
    }
}
