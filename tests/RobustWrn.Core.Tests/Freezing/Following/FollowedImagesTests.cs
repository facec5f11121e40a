using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class FollowedImagesTests
{
    private static readonly Gen<WideResNetSpec> Followable = Gen.Select(SpecGen.Spec, SpecGen.Shortcut).Select((spec, shortcut) => spec with
    {
        Stem = spec.Stem with { Pooled = false },
        FeatureNormalization = new BatchNormalization(),
        Stages = spec.Stages.Select(stage => stage with { Block = new BasicBlock { Shortcut = shortcut } }).ToValueList(),
    });

    /// <summary>Windows of any size at any place, kept or not, image by image: always the logits of a forward pass, to rounding that does not add up.</summary>
    [Fact]
    public void Try_RandomNetworksAndWindows_GivesTheLogitsOfAForwardPass()
    {
        foreach ((WideResNetSpec spec, int height, int width, uint seed) in Gen.Select(Followable, Gen.Int[6, 17], Gen.Int[6, 17], Gen.UInt).Array[40].Single(_ => true, "0N0XIzNsQ0O2"))
        {
            using IDisposable guard = no_grad();
            using DisposeScope scope = NewDisposeScope();
            RandomStream stream = RandomStream.From(seed).For("test");
            using Classifier classifier = spec.Build(seed);
            FrozenNetworkTests.Unsettle(classifier, stream, nearZero: seed % 2 == 0);
            classifier.to(ScalarType.Float64);
            classifier.eval();
            using FrozenNetwork view = classifier.Freeze()!;
            Tensor images = stream.For("images").Uniform([0, 1, 2, 3], [spec.InputChannels, height, width], ScalarType.Float64);
            using FollowedImages followed = view.Follow(images)!;
            for (int change = 0; change < 12; change++)
            {
                RandomStream own = stream.For("change").At(change);
                int side = 1 + (int)(own.For("side").Uniform([0], [1]).item<float>() * Math.Min(height, width));
                long[] ids = [.. Enumerable.Range(0, followed.Count).Select(i => (long)i)];
                float[] draws = own.For("places").Uniform(ids, [2]).data<float>().ToArray();
                long[] rows = [.. ids.Select(i => (long)(draws[2 * i] * (height - side + 1)))], columns = [.. ids.Select(i => (long)(draws[2 * i + 1] * (width - side + 1)))];
                Tensor changed = images.clone(), pixels = own.For("pixels").Uniform(ids, [spec.InputChannels, side, side], ScalarType.Float64);
                foreach (long i in ids)
                    changed[(int)i].narrow(1, rows[i], side).narrow(2, columns[i], side).copy_(pixels[(int)i]);

                Tensor logits = followed.Try(changed, rows, columns, side);

                Tensor expected = view.Logits(changed);
                double error = (logits - expected).abs().max().Number() / Math.Max(1, expected.abs().max().Number());
                Assert.True(error < 1e-12, $"{error:g3} for {spec}");
                Tensor kept = own.For("kept").Uniform(ids, [1]).reshape(-1).IsAbove(0.5);
                followed.Keep(kept);
                images = where(kept.reshape(-1, 1, 1, 1), changed, images);
                if (change is not (4 or 8))
                    continue;
                Tensor left = tensor([.. ids.Where(i => i != change / 4)]);
                followed.Select(left);
                images = images.index_select(0, left);
            }
        }
    }

    [Fact]
    public void Follow_SomethingLooksAtWholeMaps_IsNull()
    {
        using IDisposable guard = no_grad();
        using Tensor images = zeros(1, 3, 8, 8);
        WideResNetSpec plain = WideResNetSpec.Of(2, [1], [3]);
        foreach (WideResNetSpec spec in (WideResNetSpec[])[plain.WithBlock(new SqueezeExcitationBlock()), plain with { FeatureNormalization = new GroupNormalization() }])
        {
            using Classifier classifier = spec.Build(0);
            classifier.eval();
            using FrozenNetwork view = classifier.Freeze()!;
            Assert.Null(view.Follow(images));
        }
    }

    [Fact]
    public void ShareOfWork_LargerWindows_RisesToOne()
    {
        using IDisposable guard = no_grad();
        using Classifier classifier = WideResNetSpec.Of(16, [1, 1, 1], [32, 64, 48]).Build(0);
        classifier.eval();
        using FrozenNetwork view = classifier.Freeze()!;
        using Tensor images = zeros(1, 3, 32, 32);
        using FollowedImages followed = view.Follow(images)!;

        double[] shares = [.. Enumerable.Range(1, 32).Select(followed.ShareOfWork)];

        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[2], 0.1, 0.25);
        Assert.Equal(1, shares[^1], 12);
    }

    [Fact]
    public void Try_BeforeTheLastIsSettled_IsRefused()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = WideResNetSpec.Of(2, [1], [3]).Build(0);
        classifier.eval();
        using FrozenNetwork view = classifier.Freeze()!;
        Tensor images = zeros(1, 3, 8, 8);
        using FollowedImages followed = view.Follow(images)!;
        followed.Try(images, [0], [0], 2);

        Assert.Throws<InvalidOperationException>(() => followed.Try(images, [0], [0], 2));
    }
}
