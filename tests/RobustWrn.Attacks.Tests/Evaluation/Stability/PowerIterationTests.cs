using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Against the singular values of the matrix that a convolution is, built column by column.</summary>
public sealed class PowerIterationTests : IDisposable
{
    private static readonly PowerIteration Sharp = new() { Tolerance = 1e-10, MaxSteps = 400 };

    private readonly DisposeScope _scope = NewDisposeScope();

    /// <summary>In, out, kernel, stride, padding, dilation, groups, rows, columns.</summary>
    public static TheoryData<int, int, int, int, int, int, int, int, int> Convolutions() => new()
    {
        { 3, 5, 3, 1, 1, 1, 1, 6, 6 },
        { 3, 5, 3, 2, 1, 1, 1, 7, 6 },
        { 4, 6, 3, 1, 1, 1, 2, 6, 5 },
        { 6, 6, 3, 2, 1, 1, 6, 6, 6 },
        { 4, 8, 1, 1, 0, 1, 1, 5, 5 },
        { 4, 8, 1, 2, 0, 1, 1, 5, 5 },
        { 2, 3, 3, 1, 0, 1, 1, 6, 6 },
        { 2, 3, 3, 1, 2, 2, 1, 6, 6 },
        { 1, 4, 7, 2, 3, 1, 1, 9, 8 },
        { 2, 2, 3, 3, 0, 1, 1, 3, 3 },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Of_Convolution_IsTheLargestSingularValueOfItsMatrix(int inputs, int outputs, int kernel, int stride, int padding, int dilation, int groups, int rows, int columns)
    {
        Tensor weight = RandomStream.From(inputs + outputs).Normal([0], [outputs, inputs / groups, kernel, kernel], ScalarType.Float64).squeeze(0);
        Tensor bias = RandomStream.From(9).Normal([0], [outputs], ScalarType.Float64).squeeze(0);
        Tensor Map(Tensor x) => nn.functional.conv2d(x, weight, bias, [stride, stride], [padding, padding], [dilation, dilation], groups);
        Tensor input = zeros([1, inputs, rows, columns], ScalarType.Float64);
        double exact = LargestSingularValue(Map, input);

        SpectralNorm sharp = Sharp.Of(Map, input), usual = new PowerIteration().Of(Map, input);

        Assert.True(sharp.Converged && usual.Converged);
        Assert.Equal(exact, sharp.Value, 1e-10 * exact);
        Assert.InRange(usual.Value, exact * (1 - 1e-4), exact * (1 + 1e-12));

        Tensor single = zeros([1, inputs, rows, columns]), small = weight.to(ScalarType.Float32);
        SpectralNorm inFloat32 = new PowerIteration().Of(x => nn.functional.conv2d(x, small, null, [stride, stride], [padding, padding], [dilation, dilation], groups), single);
        Assert.True(inFloat32.Converged);
        Assert.Equal(exact, inFloat32.Value, 1e-4 * exact);
    }

    [Theory]
    [InlineData(3, 2, 1, 6, 7)]
    [InlineData(1, 2, 2, 6, 6)]
    [InlineData(3, 1, 4, 5, 5)]
    public void Of_LayerWithSamePadding_IsTheLargestSingularValueOfItsMatrix(int kernel, int stride, int groups, int rows, int columns)
    {
        using ConvolutionLayer layer = new(4, 8, kernel, stride, groups, hasBias: true, Core.Padding.Same);
        layer.Draw(RandomStream.From(kernel));
        using (no_grad())
            layer.Bias!.PlusInPlace(0.5);
        layer.to(ScalarType.Float64);
        Tensor input = zeros([1, 4, rows, columns], ScalarType.Float64);

        using (no_grad())
            Assert.Equal(LargestSingularValue(layer.call, input), Sharp.Of(layer.call, input).Value, 1e-10);
    }

    [Fact]
    public void Of_MatrixWithKnownSingularValues_FindsTheLargestThoughOthersAreClose()
    {
        Tensor left = linalg.qr(RandomStream.From(1).Normal([0], [30, 30], ScalarType.Float64).squeeze(0)).Q, right = linalg.qr(RandomStream.From(2).Normal([0], [40, 40], ScalarType.Float64).squeeze(0)).Q;
        double[] values = [2, 1.9999, 1.999, 1.99, .. Enumerable.Range(0, 26).Select(i => 1.9 / (i + 1))];
        Tensor matrix = left.mm(diag(tensor(values))).mm(right.narrow(0, 0, 30));

        SpectralNorm norm = Sharp.Of(x => x.mm(matrix.t()), zeros([1, 40], ScalarType.Float64));

        Assert.Equal(2, norm.Value, 1e-9);
        Assert.Equal(2, new PowerIteration().Of(x => x.mm(matrix.t()), zeros([1, 40], ScalarType.Float64)).Value, 2e-4);
    }

    [Fact]
    public void Of_OrthogonalAndZeroMaps_AreOneAndZeroInOneStep()
    {
        Tensor turn = linalg.qr(RandomStream.From(1).Normal([0], [8, 8], ScalarType.Float64).squeeze(0)).Q, input = zeros([1, 8], ScalarType.Float64);
        SpectralNorm one = new PowerIteration().Of(x => x.mm(turn), input), none = new PowerIteration().Of(x => x.Times(0), input);
        Assert.Equal((1, true), (one.Steps, one.Converged));
        Assert.Equal(1, one.Value, 1e-12);
        Assert.Equal(new SpectralNorm(0, 1, true), none);
        // A map of one number has nowhere to go but its one direction.
        Assert.Equal(3, new PowerIteration().Of(x => x.Times(-3), zeros([1, 1], ScalarType.Float64)).Value, 1e-12);
    }

    [Fact]
    public void Of_ScaledMap_ScalesTheNorm()
    {
        using ConvolutionLayer layer = new(4, 4, kernel: 3);
        layer.Draw(RandomStream.From(3));
        layer.to(ScalarType.Float64);
        Tensor input = zeros([1, 4, 6, 6], ScalarType.Float64);
        double before = Sharp.Of(layer.call, input).Value;
        using (no_grad())
            layer.Weight.TimesInPlace(-2.5);
        Assert.Equal(2.5 * before, Sharp.Of(layer.call, input).Value, 1e-9 * before);
    }

    [Fact]
    public void Of_TooFewSteps_SaysSoAndStaysBelow()
    {
        Tensor weight = RandomStream.From(8).Normal([0], [5, 3, 3, 3], ScalarType.Float64).squeeze(0), input = zeros([1, 3, 8, 8], ScalarType.Float64);
        Tensor Map(Tensor x) => nn.functional.conv2d(x, weight, padding: [1, 1]);
        double exact = LargestSingularValue(Map, input), before = 0;
        foreach (int steps in (int[])[1, 2, 4, 8])
        {
            SpectralNorm norm = (Sharp with { MaxSteps = steps }).Of(Map, input);
            Assert.Equal((steps, false), (norm.Steps, norm.Converged));
            Assert.InRange(norm.Value, before, exact);
            before = norm.Value;
        }
    }

    [Fact]
    public void Of_SameSeed_GivesTheSameBitsAndAnotherSeedTheSameNorm()
    {
        Tensor weight = RandomStream.From(8).Normal([0], [5, 3, 3, 3]).squeeze(0), input = zeros([1, 3, 8, 8]);
        Tensor Map(Tensor x) => nn.functional.conv2d(x, weight, padding: [1, 1]);
        SpectralNorm first = new PowerIteration().Of(Map, input), other = new PowerIteration { Seed = 3 }.Of(Map, input);
        Assert.Equal(first, new PowerIteration().Of(Map, input.Plus(1)));
        Assert.NotEqual(first.Value, other.Value);
        Assert.Equal(first.Value, other.Value, 1e-4 * first.Value);
    }

    [Fact]
    public void Problems_WrongSettings_NamesEachOfThem() => Assert.Equal(
        ["Tolerance: must be a finite number above 0, got 0.", "MaxSteps: must be at least 1, got 0."],
        new PowerIteration { Tolerance = 0, MaxSteps = 0 }.Problems().Select(problem => problem.ToString()));

    private static double LargestSingularValue(Func<Tensor, Tensor> map, Tensor input)
    {
        Tensor units = eye(input.numel(), dtype: input.dtype).reshape([input.numel(), .. input.shape[1..]]);
        return linalg.svdvals((map(units) - map(zeros_like(input))).flatten(1))[0].Number();
    }
}
