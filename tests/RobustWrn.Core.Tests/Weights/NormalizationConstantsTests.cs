using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>
/// Constants of a normalisation beside weights: they decide the logits, so they reach the classifier or the file is refused.
/// </summary>
public sealed class NormalizationConstantsTests : IDisposable
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 2, depths: [1], widths: [2]) with { Classes = 3 };
    private static readonly float[] Mean = [0.4914f, 0.4822f, 0.4465f], Std = [0.2471f, 0.2435f, 0.2616f];

    private readonly string _folder = TestFolder.Make();
    private readonly DisposeScope _scope = NewDisposeScope();

    [Theory]
    [InlineData("mu", "sigma", "")]
    [InlineData("mean", "std", "")]
    [InlineData("normalize.mean", "normalize.std", "")]
    [InlineData("normalizer.new_mean", "normalizer.new_std", "model.")]
    [InlineData("0.mean", "0.std", "1.")]
    [InlineData("module.model.mean", "module.model.std", "module.model.")]
    [InlineData("module.normalize.mu", "module.normalize.sigma", "module.net.")]
    [InlineData("preprocessing.pixel_mean", "preprocessing.pixel_std", "classifier.")]
    [InlineData("mean_cuda", "std_cuda", "")]
    public void Load_MeanAndStdOfAnyName_GivesTheClassifierTheNetworkThatWasTrained(string mean, string std, string prefix)
    {
        foreach (long[] shape in (long[][])[[3], [3, 1, 1], [1, 3, 1, 1]])
        {
            using Classifier source = (Spec with { Normalization = Normalization.Cifar10 }).Build(1), target = Spec.Build(2);
            string path = Write(source, prefix, (mean, tensor(Mean).reshape(shape)), (std, tensor(Std).reshape(shape)));

            WeightsReport report = NetworkWeights.Load(target, path);

            AssertSameLogits(source, target);
            Assert.Equal(Normalization.Cifar10, target.Normalization);
            Assert.Equal(Normalization.Cifar10, ((WideResNetSpec)target.Spec).Normalization);
            Assert.Equal((Normalization.Cifar10, $"{mean}, {std}", true),
                (report.Normalization, report.NormalizationSource, report.NormalizationApplied));
            Assert.Contains("normalisation (mean 0.4914 0.4822 0.4465, std 0.2471 0.2435 0.2616)", report.ToString());
            Assert.EndsWith("given to the network", report.ToString());
        }
    }

    [Fact]
    public void Save_AfterConstantsWereTakenOn_KeepsThem()
    {
        using Classifier source = (Spec with { Normalization = Normalization.Cifar10 }).Build(1), target = Spec.Build(2);
        NetworkWeights.Load(target, Write(source, "", ("mean", tensor(Mean)), ("std", tensor(Std))));
        string path = Path.Combine(_folder, "again.safetensors");

        NetworkWeights.Save(target, path);
        using Classifier opened = NetworkWeights.Open(path);

        AssertSameLogits(source, opened);
    }

    [Fact]
    public void Save_ClassifierWithAnotherNormalisationThanItsSpec_KeepsTheClassifiers()
    {
        using Classifier inner = Spec.Build(1);
        using Classifier source = new(Spec, inner.Network, Normalization.Cifar10);
        string path = Path.Combine(_folder, "own.safetensors");

        NetworkWeights.Save(source, path);
        using Classifier opened = NetworkWeights.Open(path);

        AssertSameLogits(source, opened);
    }

    [Theory]
    [InlineData("mean", new float[] { 125.307f, 122.961f, 113.8575f }, "std", new float[] { 63.0105f, 62.0925f, 66.708f },
        "pixels in 0..255")]
    [InlineData("mean", new float[] { 0.4914f, 0.4822f, 0.4465f }, "inv_std", new float[] { 1 / 0.2471f, 1 / 0.2435f, 1 / 0.2616f }, "")]
    [InlineData("mean", new float[] { 0.4914f, 0.4822f, 0.4465f }, "variance",
        new float[] { 0.2471f * 0.2471f, 0.2435f * 0.2435f, 0.2616f * 0.2616f }, "")]
    public void Load_OtherUnits_AreTheSameNormalisation(string meanName, float[] mean, string stdName, float[] std, string note)
    {
        using Classifier source = (Spec with { Normalization = Normalization.Cifar10 }).Build(1), target = Spec.Build(2);

        WeightsReport report = NetworkWeights.Load(target, Write(source, "", (meanName, tensor(mean)), (stdName, tensor(std))));

        AssertSameLogits(source, target);
        Assert.Contains(note, report.ToString());
    }

    [Fact]
    public void Load_OneNumberForAllChannelsOrGrey_IsTheirs()
    {
        Normalization half = new() { Mean = [0.5, 0.5, 0.5], Std = [0.5, 0.5, 0.5] };
        using Classifier source = (Spec with { Normalization = half }).Build(1), target = Spec.Build(2);
        using Classifier grey = (Spec with { InputChannels = 1, Normalization = new() { Mean = [0.1307], Std = [0.3081] } }).Build(1),
            other = (Spec with { InputChannels = 1 }).Build(2);

        NetworkWeights.Load(target, Write(source, "", ("mean", tensor(new[] { 0.5f })), ("std", tensor(new[] { 0.5f }))));
        NetworkWeights.Load(
            other, Write(grey, "", ("mean", tensor(new[] { 0.1307f })), ("std", tensor(new[] { 0.3081f }).reshape(1, 1, 1))));

        AssertSameLogits(source, target);
        AssertSameLogits(grey, other, channels: 1);
    }

    [Fact]
    public void Load_ConstantsThatTheNetworkHasAlready_ChangeNothing()
    {
        using Classifier source = (Spec with { Normalization = Normalization.Cifar10 }).Build(1),
            target = (Spec with { Normalization = Normalization.Cifar10 }).Build(2), plain = Spec.Build(3);

        WeightsReport same = NetworkWeights.Load(target, Write(source, "", ("mean", tensor(Mean)), ("std", tensor(Std))));
        WeightsReport none = NetworkWeights.Load(plain, Write(source, "", ("mean", zeros(3)), ("std", ones(3))));

        Assert.Equal((Normalization.Cifar10, false), (same.Normalization, same.NormalizationApplied));
        Assert.Equal((Normalization.Identity, false), (none.Normalization, none.NormalizationApplied));
        AssertSameLogits(source, target);
    }

    [Theory]
    [InlineData(new float[] { 0.485f, 0.456f, 0.406f }, new float[] { 0.229f, 0.224f, 0.225f },
        "normalises pixels otherwise than the network: mean, std (mean 0.485 0.456 0.406")]
    [InlineData(new float[] { 0, 0, 0 }, new float[] { 1, 1, 1 },
        "normalises pixels otherwise than the network: mean, std (no normalisation)")]
    [InlineData(new float[] { 0.4914f, 0.4822f, 0.4465f }, new float[] { 0.2471f, 0, 0.2616f }, "must have finite means and positive stds")]
    [InlineData(new float[] { 0.4914f, float.NaN, 0.4465f }, new float[] { 0.2471f, 0.2435f, 0.2616f },
        "must have finite means and positive stds")]
    [InlineData(new float[] { 0.4914f, 0.4822f, 0.4465f }, new float[] { 4.05f, 4.1f, 3.8f },
        "neither in [0, 1] nor in 0..255 (or 1 / std)")]
    [InlineData(new float[] { 0.5f }, new float[] { 0.2f, 0.2f, 0.2f, 0.2f },
        "has normalisation constants of 4 channels (mean, std), but the network takes images of 3")]
    public void Load_ConstantsThatCannotBeTheNetworks_AreRefusedAndNothingIsLoaded(float[] mean, float[] std, string reason)
    {
        using Classifier source = Spec.Build(1), target = (Spec with { Normalization = Normalization.Cifar10 }).Build(2);
        string path = Write(source, "", ("mean", tensor(mean)), ("std", tensor(std))), before = TensorHash.Of(target.Network.state_dict());

        string message = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message;

        Assert.StartsWith(path, message);
        Assert.Contains(reason, message);
        Assert.Equal(before, TensorHash.Of(target.Network.state_dict()));
        Assert.Equal(Normalization.Cifar10, target.Normalization);
    }

    [Theory]
    [InlineData("mean")]
    [InlineData("normalize.sigma")]
    public void Load_OneOfThePair_IsRefusedUnlessItIsSkipped(string name)
    {
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        string path = Write(source, "module.", ("module." + name, tensor(Mean)));

        Assert.Contains($"must have a mean and a std for its pixels, or neither, but has module.{name}",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message);
        Assert.Equal(["module." + name], NetworkWeights.Load(target, path, new WeightsOptions { Skip = [name] }).LeftOut);
        AssertSameLogits(source, target);
    }

    [Fact]
    public void Load_SkippedConstants_LeaveTheNetworksOwn()
    {
        using Classifier source = Spec.Build(1), target = (Spec with { Normalization = Normalization.Cifar10 }).Build(2);
        string path = Write(source, "", ("normalize.mean", zeros(3)), ("normalize.std", ones(3)));

        WeightsReport report = NetworkWeights.Load(target, path, new WeightsOptions { Skip = ["normalize.*"] });

        Assert.Null(report.Normalization);
        Assert.Equal(["normalize.mean", "normalize.std"], report.LeftOut);
        Assert.Equal(Normalization.Cifar10, target.Normalization);
    }

    [Theory]
    [InlineData("gowal")]
    [InlineData("paper")]
    public void Load_MeanOfEveryPixel_IsRefusedWhateverTheNames(string names)
    {
        WideResNetSpec spec = Spec.WithLeaderboardConventions();
        IKeyMap map = (IKeyMap)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IKeyMap))[names])!;
        using Classifier source = spec.Build(1), target = spec.Build(2);
        string path = Path.Combine(_folder, "theirs.safetensors");
        Safetensors.Write(path, [new("mean", zeros(3, 32, 32)), new("std", ones(3, 32, 32)),
            .. source.Network.state_dict().Select(pair => KeyValuePair.Create(map.ToForeign(pair.Key), pair.Value))]);

        Assert.Contains("2 unexpected: mean; std", Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message);
    }

    [Fact]
    public void Load_TwoNormalisationsThatDiffer_AreRefused()
    {
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        string path = Write(source, "", ("a.mean", tensor(Mean)), ("a.std", tensor(Std)), ("b.mean", zeros(3)), ("b.std", ones(3)));

        Assert.Contains("says two things of the pixels: a.mean, a.std (mean 0.4914",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message);
        Assert.True(NetworkWeights.Load(target, path, new WeightsOptions { Skip = ["b.*"] }).NormalizationApplied);
    }

    [Fact]
    public void Load_ConstantsIntoABareModule_AreRefusedUnlessTheyAreSkipped()
    {
        using Classifier source = Spec.Build(1), target = Spec.Build(2);
        string path = Write(source, "", ("mean", tensor(Mean)), ("std", tensor(Std)));
        using NamedTensors inMemory = Safetensors.Read(path);

        Assert.Contains("which a bare module cannot take on. Load it into the classifier",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target.Network, path)).Message);
        Assert.Contains("which a bare module cannot take on", Assert.Throws<InvalidDataException>(
            () => NetworkWeights.Load(target.Network, inMemory, new WeightsOptions(), "theirs")).Message);
        Assert.True(NetworkWeights.Load(target, inMemory, new WeightsOptions()).NormalizationApplied);
        Assert.Empty(NetworkWeights.Load(target.Network, path, new WeightsOptions { Skip = ["mean", "std"] }).Warnings);
    }

    [Fact]
    public void Load_FileThatCarriesItsSpec_GivesItsNormalisationOrRefusesAnother()
    {
        using Classifier source = (Spec with { Normalization = Normalization.Cifar10 }).Build(1), target = Spec.Build(2);
        using Classifier other = (Spec with { Normalization = new() { Mean = [0.5, 0.5, 0.5], Std = [0.5, 0.5, 0.5] } }).Build(3);
        string path = Path.Combine(_folder, "own.safetensors");
        NetworkWeights.Save(source, path);

        WeightsReport report = NetworkWeights.Load(target, path);

        Assert.Equal(("the spec in the file", true), (report.NormalizationSource, report.NormalizationApplied));
        AssertSameLogits(source, target);
        Assert.Contains("normalises pixels otherwise than the network",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(other, path)).Message);
        Assert.Contains("normalises pixels otherwise", Assert.Single(
            NetworkWeights.Load(other, path, new WeightsOptions { Names = new PaperNames() }).Warnings));
    }

    [Fact]
    public void Load_ListsInTheCheckpointAroundTheEntry_AreItsConstants()
    {
        using Classifier target = TorchFixture.Spec.Build(0);
        HandMadePickle pickle = new HandMadePickle().Ops("}").Text("mean").Ops("](G").Raw(BigEndian(0.5)).Ops("G").Raw(BigEndian(0.25))
            .Ops("G").Raw(BigEndian(0.75)).Ops("es")
            .Text("std").Ops("(G").Raw(BigEndian(0.5)).Ops("G").Raw(BigEndian(0.5)).Ops("G").Raw(BigEndian(0.5)).Ops("ts")
                .Text("best_acc").Ops("G").Raw(BigEndian(0.5)).Ops("s").Text("net").Ops("}");
        foreach ((string name, Tensor tensor) in target.Network.state_dict())
            pickle.Text(name).Tensor("FloatStorage", "0", 1000, 0, tensor.shape, StridedLayout.Packed(tensor.shape).Strides).Ops("s");
        string path = Path.Combine(_folder, "checkpoint.pth");
        File.WriteAllBytes(path, HandMadePickle.Archive(pickle.Ops("s").End(), ("data/0", new byte[4000])));

        WeightsReport report = NetworkWeights.Load(target, path);

        Assert.Equal(("net", "mean, std", true), (report.Entry, report.NormalizationSource, report.NormalizationApplied));
        Assert.Equal([0.5, 0.25, 0.75], target.Normalization.Mean);
    }

    [Theory]
    [InlineData("running_mean")]
    [InlineData("weight_mu")]
    [InlineData("fc.bias")]
    [InlineData("mean_teacher")]
    public void Of_NameOfSomethingElse_IsNoConstant(string name) => Assert.Null(ConstantName.Of(name));

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Write(Classifier classifier, string prefix, params (string Name, Tensor Tensor)[] constants)
    {
        string path = Path.Combine(_folder, "theirs.safetensors");
        Safetensors.Write(path, [.. constants.Select(constant => KeyValuePair.Create(constant.Name, constant.Tensor)),
            .. classifier.Network.state_dict().Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value))]);
        return path;
    }

    private static byte[] BigEndian(double value) => [.. BitConverter.GetBytes(value).Reverse()];

    private static void AssertSameLogits(Classifier expected, Classifier actual, int channels = 3)
    {
        Tensor images = rand(2, channels, 8, 8);
        expected.eval();
        actual.eval();
        Assert.True(expected.call(images).Equals(actual.call(images))
            || (expected.call(images) - actual.call(images)).abs().max().item<float>() < 1e-5);
    }
}
