using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ScalarArithmeticTests
{
    private static readonly double[] Values = [-2, 0, 0.5, 3];

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Operations => new()
    {
        { "Plus", x => x.Plus(1.5), v => v + 1.5 },
        { "Plus a tensor", x => x.Plus(x), v => v + v },
        { "Squared", x => x.Squared(), v => v * v },
        { "PlusInPlace a tensor", x => x.clone().PlusInPlace(x), v => v + v },
        { "Minus", x => x.Minus(1.5), v => v - 1.5 },
        { "Times", x => x.Times(1.5), v => v * 1.5 },
        { "Times whole", x => x.Times(3L), v => v * 3 },
        { "Over", x => x.Over(4), v => v / 4 },
        { "Clamped", x => x.Clamped(-1, 0.25), v => Math.Clamp(v, -1, 0.25) },
        { "LeakyRelu", x => x.LeakyRelu(0.25), v => v > 0 ? v : 0.25 * v },
        { "Elu", x => x.Elu(1.5), v => v > 0 ? v : 1.5 * (Math.Exp(v) - 1) },
        { "IsAbove", x => x.IsAbove(0.5), v => v > 0.5 ? 1 : 0 },
        { "IsAtLeast", x => x.IsAtLeast(0.5), v => v >= 0.5 ? 1 : 0 },
        { "IsBelow", x => x.IsBelow(0.5), v => v < 0.5 ? 1 : 0 },
        { "IsAtMost", x => x.IsAtMost(0.5), v => v <= 0.5 ? 1 : 0 },
        { "IsEqualTo", x => x.IsEqualTo(0.5), v => v == 0.5 ? 1 : 0 },
        { "FilledWhere", x => x.FilledWhere(x.IsBelow(0), 7), v => v < 0 ? 7 : v },
        { "FilledLike", x => x.FilledLike(double.NegativeInfinity), _ => double.NegativeInfinity },
        { "Modulo", x => x.to(ScalarType.Int64).Modulo(3), v => (((long)v % 3) + 3) % 3 },
        { "PlusInPlace", x => x.clone().PlusInPlace(1.5), v => v + 1.5 },
        { "PlusInPlace of a tensor", x => x.clone().PlusInPlace(x, 2), v => 3 * v },
        { "PlusProductInPlace", x => x.clone().PlusProductInPlace(x, x, 2), v => v + 2 * v * v },
        { "PlusQuotientInPlace", x => x.clone().PlusQuotientInPlace(x, ones_like(x), 2), v => 3 * v },
        { "TimesInPlace", x => x.clone().TimesInPlace(1.5), v => v * 1.5 },
        { "FillInPlace", x => x.clone().FillInPlace(7), _ => 7 },
        { "ClampInPlace", x => x.clone().ClampInPlace(-1, 0.25), v => Math.Clamp(v, -1, 0.25) },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Operations))]
    public void Operation_Numbers_EqualsTheSameOnNumbers(string name, Func<Tensor, Tensor> operation, Func<double, double> expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(Values, ScalarType.Float64);

        double[] actual = operation(x).to(ScalarType.Float64).data<double>().ToArray();

        Assert.True(Values.Select(expected).SequenceEqual(actual), $"{name}: {string.Join(", ", actual)}");
        Assert.Equal(Values, x.data<double>().ToArray());
    }

    [Fact]
    public void Softplus_Numbers_IsTheFormulaToTheLastBits()
    {
        using DisposeScope scope = NewDisposeScope();

        double[] actual = tensor(Values, ScalarType.Float64).Softplus(2).data<double>().ToArray();

        Assert.All(Values.Zip(actual), pair => Assert.Equal(Math.Log(1 + Math.Exp(2 * pair.First)) / 2, pair.Second, 14));
    }

    [Fact]
    public void Counting_Count_GivesWholeNumbersFromZero()
    {
        using Tensor counted = ScalarArithmetic.Counting(4);

        Assert.Equal(ScalarType.Int64, counted.dtype);
        Assert.Equal([0L, 1L, 2L, 3L], counted.data<long>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Number_OneElementOfAnyType_ReadsIt(ScalarType type)
    {
        using Tensor one = ones([1, 1], type);

        Assert.Equal(1.0, one.Number());
        Assert.Equal(1L, one.WholeNumber());
    }

    [Fact]
    public void WholeNumber_BeyondTheReachOfDouble_KeepsEveryDigit()
    {
        using Tensor large = tensor(9_007_199_254_740_993L);

        Assert.Equal(9_007_199_254_740_993L, large.WholeNumber());
    }
}

/// <summary>Alone in the process: the garbage collections it forces would make TorchSharp's own conversions fail in tests beside it.</summary>
[CollectionDefinition(nameof(GarbageCollectionTests), DisableParallelization = true)]
[Collection(nameof(GarbageCollectionTests))]
public class GarbageCollectionTests
{
    [Fact]
    public void Times_GarbageCollectionsAtAnyMoment_KeepsTheNumberAlive() => WhileCollecting(() =>
    {
        using Tensor x = ones(4);
        // x * 3 fails here within about 20,000 rounds.
        for (int i = 0; i < 60_000; i++)
        {
            using Tensor y = x.Times(3.0);
            if (i % 1_000 == 0)
                Assert.Equal(12f, y.sum().item<float>());
        }
    });

    /// <summary>TorchSharp's sum of two tensors makes a number on the way, too; x + x fails here.</summary>
    [Fact]
    public void Plus_TensorsWhileCollecting_KeepsItsNumberAlive() => WhileCollecting(() =>
    {
        using Tensor x = ones(4);
        for (int i = 0; i < 60_000; i++)
        {
            using Tensor y = x.Plus(x);
            y.PlusInPlace(x);
            if (i % 1_000 == 0)
                Assert.Equal(12f, y.sum().item<float>());
        }
    });

    /// <summary>TorchSharp reads a tensor's number through a Scalar, too, that nothing holds.</summary>
    [Fact]
    public void Number_WhileCollecting_ReadsTheNumber() => WhileCollecting(() =>
    {
        using Tensor x = tensor(3.0), three = tensor(3L);
        for (int i = 0; i < 60_000; i++)
        {
            Assert.Equal(3.0, x.Number());
            Assert.Equal(3L, three.WholeNumber());
        }
    });

    /// <summary>Nor does it hold tensors: x.abs().sum() ends the process here, unless a scope holds x.abs(). Every test has one.</summary>
    [Fact]
    public void Sum_OfATemporaryInATest_IsHeldByTheTestsOwnScope() => WhileCollecting(() =>
    {
        long outside = DisposeScopeManager.Statistics.CreatedOutsideScopeCount;
        using Tensor x = ones(4);
        for (int i = 0; i < 10_000; i++)
            Assert.Equal(4f, x.abs().neg().neg().sum().item<float>());
        Assert.Equal(outside, DisposeScopeManager.Statistics.CreatedOutsideScopeCount);
    });

    /// <summary>As does its batch normalisation when it counts batches.</summary>
    [Fact]
    public void Build_BatchNormalizationTrainingWhileCollecting_CountsEveryBatch() => WhileCollecting(() =>
    {
        using Tensor x = ones(2, 4, 1, 1);
        using BatchNorm module = Assert.IsType<BatchNorm>(new BatchNormalization().Build(4), exactMatch: false);
        using IDisposable guard = no_grad();
        for (int i = 0; i < 20_000; i++)
            module.call(x).Dispose();
        Assert.Equal(20_000, module.num_batches_tracked!.item<long>());
    });

    /// <summary>TorchSharp's own modules of some activations lose their numbers, so the library has its own.</summary>
    [Fact]
    public void Build_EveryActivationWhileCollecting_KeepsItsNumbersAlive() => WhileCollecting(() =>
    {
        using Tensor x = ones(1, 4, 1, 1);
        foreach (Type type in DescriptionTypes.Implementing(typeof(IActivation)).Values.Where(type => type.Assembly == typeof(IActivation).Assembly))
        {
            using nn.Module<Tensor, Tensor> module = ((IActivation)Activator.CreateInstance(type)!).Build(4);
            using IDisposable guard = no_grad();
            for (int i = 0; i < 10_000; i++)
                module.call(x).Dispose();
        }
    });

    private static void WhileCollecting(Action action)
    {
        bool stop = false;
        Thread collector = new(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            action();
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collector.Join();
        }
    }
}
