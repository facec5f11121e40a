using CsCheck;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class FrozenNetworkTests
{
    /// <summary>
    /// In float64 the view is the module to 1e-12. In float32 both are compared with the float64 module: rounding of the view may be up to 4 times the module's in the logits,
    /// and its gradient's signs differ at most 1.5 times as often, over all networks together (a single ReLU at its kink may flip one of the two and not the other).
    /// </summary>
    [Fact]
    public void Freeze_RandomNetworksWithRandomStatistics_ComputesTheSame() => AssertSame(SpecGen.Spec.Select(spec => (INetworkSpec)spec), "0N0XIzNsQ0O2");

    [Fact]
    public void Freeze_RandomBaselinesWithRandomStatistics_ComputesTheSame() => AssertSame(BaselineGen.Any, "0N0XIzNsQ0O2");

    private static void AssertSame(Gen<INetworkSpec> specs, string genSeed)
    {
        double viewErrors = 0, moduleErrors = 0, worst = 0;
        long viewFlips = 0, moduleFlips = 0, signs = 0;
        int networks = 0, viewTurned = 0, moduleTurned = 0;
        // The same networks in every run: their sums are compared, which luck of the draw must not decide.
        foreach ((INetworkSpec spec, int size, uint seed) in Gen.Select(specs, Gen.Int[9, 16], Gen.UInt).Array[150].Single(_ => true, genSeed))
        {
            using DisposeScope scope = NewDisposeScope();
            RandomStream stream = RandomStream.From(seed).For("test");
            using Classifier classifier = spec.Build(seed);
            Unsettle(classifier, stream, nearZero: seed % 2 == 0);
            classifier.eval();
            Tensor images = stream.For("images").Uniform([0, 1, 2], [spec.InputChannels, size, size]);
            (Tensor view32, Tensor viewGradient) = Run(classifier.Freeze()!, images);
            (Tensor module32, Tensor moduleGradient) = Run(classifier, images);
            classifier.to(ScalarType.Float64);
            (Tensor view64, _) = Run(classifier.Freeze()!, images.to(ScalarType.Float64));
            (Tensor module64, Tensor gradient64) = Run(classifier, images.to(ScalarType.Float64));

            double scale = module64.abs().max().Number();
            Assert.True((view64 - module64).abs().max().Number() <= 1e-12 * scale, $"{(view64 - module64).abs().max().Number() / scale:g3}");
            double viewError = (view32 - module64).abs().mean().Number() / scale, moduleError = (module32 - module64).abs().mean().Number() / scale;
            // Group normalisation of single numbers: what float32 leaves of the image is rounding, and how much of it is the processor's.
            if (scale < 1e-3 || moduleError > 1e-2)
                continue;
            worst = Math.Max(worst, viewError / Math.Max(moduleError, 1e-8));
            viewErrors += viewError;
            moduleErrors += moduleError;
            viewFlips += Flips(viewGradient, ref viewTurned);
            moduleFlips += Flips(moduleGradient, ref moduleTurned);
            signs += images.numel();
            networks++;

            // Where a rectifier's number is 0 but for rounding, its side decides the gradient of a whole image. Such networks are counted
            // by themselves: one of them has as many signs as all others together have flips.
            long Flips(Tensor gradient, ref int turned)
            {
                long flips = gradient.sign().ne(gradient64.sign()).sum().WholeNumber(), most = images.numel() / 20;
                turned += flips > most ? 1 : 0;
                return Math.Min(flips, most);
            }
        }

        Assert.True(networks >= 100);
        string found = $"logits {viewErrors / networks:g3} against {moduleErrors / networks:g3} (worst {worst:g3}), flips {viewFlips} against {moduleFlips} of {signs}, "
            + $"networks turned {viewTurned} against {moduleTurned} of {networks}";
        TestContext.Current.TestOutputHelper?.WriteLine(found);
        Assert.True(viewErrors <= 4 * moduleErrors, found);
        Assert.True(viewFlips <= 1.5 * moduleFlips + 1e-4 * signs, found);
        Assert.InRange(viewTurned, 0, moduleTurned + 2);
    }

    /// <summary>Undamaged statistics let the normalisations at the end of each stage vanish: the only multiplications and additions left are those inside stages.</summary>
    [Fact]
    public void Choose_OrdinaryStatistics_GivesEachStageTheCoordinatesOfItsLastReader()
    {
        using Classifier classifier = WideResNetSpec.Of(4, [2, 1], [6, 8]).Build(1);
        classifier.eval();
        nn.Module<Tensor, Tensor>[] blocks = [.. classifier.modules().OfType<IFreezableBlock>().Cast<nn.Module<Tensor, Tensor>>()];
        BatchNorm head = (BatchNorm)classifier.Network.named_children().Single(child => child.name == "bn1").module;

        ChannelAffine[] chosen = StreamCoordinates.Choose(blocks, stemGives: true, head, [4, 6, 6, 8]);

        Assert.All(chosen, coordinates => Assert.False(coordinates.IsIdentity));
        Assert.True(ChannelAffine.Of(((IFreezableBlock)blocks[0]).FirstNormalization!).Undoing(chosen[0]).IsIdentity);
        Assert.False(ChannelAffine.Of(((IFreezableBlock)blocks[1]).FirstNormalization!).Undoing(chosen[1]).IsIdentity);
        Assert.True(ChannelAffine.Of(((IFreezableBlock)blocks[2]).FirstNormalization!).Undoing(chosen[2]).IsIdentity);
        Assert.True(ChannelAffine.Of(head).Undoing(chosen[3]).IsIdentity);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-30)]
    [InlineData(0.01)] // the shift is 0.5: fifty times the scale
    public void Choose_ScaleTooSmallToBeUndone_LeavesTheStageAsItIs(double weight)
    {
        using Classifier classifier = WideResNetSpec.Of(4, [2], [6]).Build(1);
        nn.Module<Tensor, Tensor>[] blocks = [.. classifier.modules().OfType<IFreezableBlock>().Cast<nn.Module<Tensor, Tensor>>()];
        BatchNorm head = (BatchNorm)classifier.Network.named_children().Single(child => child.name == "bn1").module;
        using (no_grad())
        {
            head.weight!.FillInPlace(weight);
            head.bias!.FillInPlace(0.5);
        }

        ChannelAffine[] chosen = StreamCoordinates.Choose(blocks, stemGives: true, head, [4, 6, 6]);

        Assert.Equal([false, true, true], chosen.Select(coordinates => coordinates.IsIdentity));
    }

    [Fact]
    public void Freeze_TrainingModeOrHooks_GivesNoView()
    {
        using Classifier classifier = WideResNetSpec.Of(4, [1], [6]).Build(1);
        Assert.Null(classifier.Freeze());
        classifier.eval();
        using (FrozenNetwork? view = classifier.Freeze())
            Assert.NotNull(view);
        ConvolutionLayer layer = classifier.modules().OfType<ConvolutionLayer>().Last();

        var after = layer.register_forward_hook((_, _, output) => output);
        Assert.Null(classifier.Freeze());
        after.remove();
        var before = classifier.register_forward_pre_hook((_, input) => input);
        Assert.Null(classifier.Freeze());
        before.remove();
        using (FrozenNetwork? view = classifier.Freeze())
            Assert.NotNull(view);
    }

    public static readonly TheoryData<string> Blocks = new(DescriptionTypes.Implementing(typeof(IBlock)).Where(pair => pair.Value.Assembly == typeof(IBlock).Assembly).Select(pair => pair.Key));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Build_EveryBlockOfTheLibrary_CanBeFolded(string name)
    {
        IBlock block = (IBlock)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IBlock))[name])!;
        using nn.Module<Tensor, Tensor> module = block.Build(new BlockShape(16, 160, 1));

        Assert.IsAssignableFrom<IFreezableBlock>(module);
    }

    [Fact]
    public void Freeze_UsedAndDisposed_LeavesNoTensorAndRefusesFurtherUse()
    {
        using Classifier classifier = WideResNetSpec.Gowal(10, 1).Build(1);
        classifier.eval();
        using Tensor images = rand(1, 3, 8, 8);
        Use();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        FrozenNetwork view = Use();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Throws<ObjectDisposedException>(() => view.Logits(images));
        Assert.All(classifier.parameters(), parameter => Assert.False(parameter.IsInvalid));

        FrozenNetwork Use()
        {
            FrozenNetwork frozen = classifier.Freeze()!;
            frozen.Logits(images).Dispose();
            frozen.Dispose();
            frozen.Dispose();
            return frozen;
        }
    }

    [Fact]
    public void Logits_ImagesOfTheWrongShape_AreRefusedAsByTheNetwork()
    {
        using Classifier classifier = WideResNetSpec.Of(4, [1], [6]).Build(1);
        classifier.eval();
        using FrozenNetwork view = classifier.Freeze()!;
        using Tensor grey = rand(1, 1, 8, 8), single = rand(3, 8, 8);

        Assert.Equal(Assert.Throws<ArgumentException>(() => classifier.call(grey)).Message, Assert.Throws<ArgumentException>(() => view.Logits(grey)).Message);
        Assert.Equal(Assert.Throws<ArgumentException>(() => classifier.call(single)).Message, Assert.Throws<ArgumentException>(() => view.Logits(single)).Message);
    }

    /// <summary>A block of a user's own, which the library does not know how to fold, between blocks that it does.</summary>
    [Fact]
    public void Freeze_BlockThatCannotBeFolded_IsCalledAsItIs()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = WideResNetSpec.Of(4, [2, 2, 1], [6, 6, 8]).WithStage(1, stage => stage with { Block = new Doubling(), Stride = 1 });
        using Classifier classifier = spec.Build(3);
        Unsettle(classifier, RandomStream.From(5).For("test"), nearZero: false);
        classifier.to(ScalarType.Float64);
        classifier.eval();
        Tensor images = rand(2, 3, 9, 9, dtype: ScalarType.Float64);
        using FrozenNetwork view = classifier.Freeze()!;

        Tensor expected = classifier.call(images), found = view.Logits(images);

        Assert.True((expected - found).abs().max().Number() <= 1e-12 * expected.abs().max().Number());
    }

    private sealed record Doubling : IBlock
    {
        public int OutChannels(int width) => width;

        public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape) => trace.Add(input, input);

        public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module();

        public IEnumerable<Problem> Problems() => [];

        private sealed class Module() : nn.Module<Tensor, Tensor>(nameof(Doubling))
        {
            public override Tensor forward(Tensor input) => input.Plus(input);
        }
    }

    /// <summary>Random statistics, scales and shifts for all normalisations, some negative, and on request one scale in eight close to zero.</summary>
    internal static void Unsettle(Classifier classifier, RandomStream stream, bool nearZero)
    {
        using IDisposable guard = no_grad();
        foreach ((string name, nn.Module module) in classifier.named_modules())
        {
            RandomStream own = stream.For(name);
            if (module is BatchNorm batch)
            {
                batch.running_mean!.copy_(own.For("mean").Normal([0], batch.running_mean.shape).reshape(-1).Times(0.5));
                batch.running_var!.copy_(own.For("variance").Uniform([0], batch.running_var.shape).reshape(-1).Times(2).Plus(0.1));
                Tensor scale = own.For("scale").Normal([0], batch.weight!.shape).reshape(-1).Times(0.4).Plus(1);
                Tensor small = own.For("small").Uniform([0], batch.weight!.shape).reshape(-1).IsBelow(nearZero ? 0.125 : 0);
                batch.weight!.copy_(where(small, scale.Times(1e-5), scale));
                batch.bias!.copy_(own.For("shift").Normal([0], batch.bias!.shape).reshape(-1).Times(0.3));
            }
            else if (module is GroupNorm group)
            {
                group.weight!.copy_(own.For("scale").Normal([0], group.weight.shape).reshape(-1).Plus(1));
            }
            else if (module is ConvolutionLayer { StartsAtZero: true } convolution)
            {
                convolution.Weight.copy_(own.For("weight").Normal([0], convolution.Weight.shape).reshape(convolution.Weight.shape).Times(0.1));
            }
        }
    }

    private static (Tensor Logits, Tensor Gradient) Run(FrozenNetwork view, Tensor images)
    {
        using (view)
            return Run(view.Logits, images);
    }

    private static (Tensor Logits, Tensor Gradient) Run(Classifier classifier, Tensor images) => Run(classifier.call, images);

    private static (Tensor Logits, Tensor Gradient) Run(Func<Tensor, Tensor> network, Tensor images)
    {
        Tensor leaf = images.detach().clone().requires_grad_();
        Tensor logits = network(leaf);
        Tensor loss = nn.functional.cross_entropy(logits, zeros(images.shape[0], ScalarType.Int64));
        return (logits.detach(), autograd.grad([loss], [leaf])[0]);
    }
}
