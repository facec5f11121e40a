using System.Text.Json;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>One file of numbers made by the authors' own code: weights (model.*), inputs (in.*), outputs (out.*) and the tolerance of each output.</summary>
internal sealed class VectorCase : IDisposable
{
    private readonly NamedTensors _tensors;
    private readonly NamedTensors? _shared;
    private readonly JsonElement _entry;
    private readonly JsonElement? _sharedEntry;

    private VectorCase(string name, NamedTensors tensors, NamedTensors? shared, JsonElement entry, JsonElement? sharedEntry) =>
        (Name, _tensors, _shared, _entry, _sharedEntry) = (name, tensors, shared, entry, sharedEntry);

    /// <summary>The file's name without extension.</summary>
    public string Name { get; }

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures", "vectors");

    /// <summary>Opens a case by its file name without extension.</summary>
    public static VectorCase Open(string name)
    {
        string file = name + ".safetensors";
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "index.json")));
        JsonElement entry = Entry(file);
        NamedTensors tensors = Safetensors.Read(Path.Combine(Folder, file));
        if (!entry.TryGetProperty("shared_file", out JsonElement other))
            return new VectorCase(name, tensors, null, entry, null);
        return new VectorCase(name, tensors, Safetensors.Read(Path.Combine(Folder, other.GetString()!)), entry, Entry(other.GetString()!));

        JsonElement Entry(string named) =>
            index.RootElement.GetProperty("cases").EnumerateArray().First(item => item.GetProperty("file").GetString() == named).Clone();
    }

    public JsonElement Hyperparameters => _entry.GetProperty("hyperparameters");

    public double Number(string hyperparameter) => Hyperparameters.GetProperty(hyperparameter).GetDouble();

    public IEnumerable<string> Names => _tensors.Names;

    /// <summary>A stored tensor as stored, from this file or the shared one; owned by the case.</summary>
    public Tensor this[string name]
    {
        get
        {
            if (!_tensors.TryGet(name, out Tensor? own))
                return (_shared ?? _tensors)[name];
            if (name.StartsWith("out.", StringComparison.Ordinal))
                VectorReads.Add(Name, name);
            return own;
        }
    }

    /// <summary>What the index allows an output.</summary>
    public VectorTolerance Tolerance(string output, bool inFloat32 = false) => VectorTolerance.Of(_entry, output, inFloat32);

    /// <summary>The network of the case with its weights, in the given dtype and in evaluation mode.</summary>
    public Classifier BuildModel(ScalarType dtype)
    {
        JsonElement model = Hyperparameters.TryGetProperty("model", out JsonElement nested) ? nested
            : _sharedEntry is { } shared && shared.GetProperty("hyperparameters").TryGetProperty("model", out JsonElement other) ? other
            : Hyperparameters;
        Classifier classifier = Spec(model).Build(0);
        classifier.to(dtype);
        LoadModel(classifier);
        classifier.eval();
        return classifier;
    }

    private static INetworkSpec Spec(JsonElement model)
    {
        if (model.TryGetProperty("spec", out JsonElement own))
            return DescriptionJson.Read<INetworkSpec>(own.GetRawText());
        if (model.TryGetProperty("width", out JsonElement widen))
        {
            WideResNetSpec gowal = WideResNetSpec.Gowal(model.GetProperty("depth").GetInt32(), widen.GetInt32());
            return gowal with { Normalization = new Normalization { Mean = InFloat32(gowal.Normalization.Mean), Std = InFloat32(gowal.Normalization.Std) } };
        }
        int[] channels = Ints(model, "channel_configs"), depths = Ints(model, "depth_configs");
        WideResNetSpec spec = WideResNetSpec.Of(channels[0], depths, channels.AsSpan(1));
        if (model.TryGetProperty("scales", out JsonElement scales))
        {
            return spec.WithBlock(new RobustResBlock
            {
                Scales = scales.GetInt32(),
                BaseWidth = model.GetProperty("base_width").GetInt32(),
                Cardinality = model.GetProperty("cardinality").GetInt32(),
                SqueezeReduction = model.GetProperty("se_reduction").GetInt32(),
            });
        }
        if (!model.TryGetProperty("stride_config", out _)) // Lu et al., or the shared small network, whose stages all change the width
            return spec.WithBlock(new BasicBlock { Shortcut = ShortcutInput.Activated });
        int[] strides = Ints(model, "stride_config");
        string[] activations = [.. model.GetProperty("activations").EnumerateArray().Select(item => item.GetString()!)];
        return spec with
        {
            Classes = model.GetProperty("num_classes").GetInt32(),
            Stem = model.GetProperty("is_imagenet").GetBoolean() ? StemSpec.ImageNet(channels[0]) : spec.Stem with { Stride = model.GetProperty("stem_stride").GetInt32() },
            Stages = spec.Stages.Select((stage, i) => stage with { Stride = strides[i], Activation = ActivationNamed(activations[i]) }).ToValueList(),
        };
    }

    /// <summary>Copies the stored weights into the network again.</summary>
    public void LoadModel(Classifier classifier)
    {
        NamedTensors source = _shared ?? _tensors;
        OrderedDictionary<string, Tensor> weights = [];
        foreach ((string name, Tensor tensor) in source.Pairs)
        {
            if (name.StartsWith("model.", StringComparison.Ordinal))
                weights.Add(name["model.".Length..], tensor.alias());
        }
        using NamedTensors named = new(weights);
        NetworkWeights.Load(classifier.Network, named, new WeightsOptions());
    }

    /// <summary>Checks an output against the stored one with the tolerance of the index.</summary>
    /// <param name="output">The output's name in the file.</param>
    /// <param name="actual">What was computed.</param>
    /// <param name="inFloat32">Whether it was computed in float32, which the index allows more for.</param>
    public void AssertMatches(string output, Tensor actual, bool inFloat32 = false)
    {
        string? problem = Tolerance(output, inFloat32).Problem(this[output], actual);
        Assert.True(problem is null, $"{Name}, {output}: {problem}");
    }

    public void Dispose()
    {
        _tensors.Dispose();
        _shared?.Dispose();
    }

    /// <summary>The library's name of a weight or statistic in one of the authors' codes.</summary>
    public static string Published(string name) => new GowalNames().ToLibrary(new LuNames().ToLibrary(name)!)!;

    // The authors' code holds them in float32, in its float64 run too.
    private static ValueList<double> InFloat32(ValueList<double> values) => values.Select(value => (double)(float)value).ToValueList();

    private static IActivation ActivationNamed(string name) => name switch
    {
        "ReLU" => new Relu(),
        "LeakyReLU" => new LeakyRelu(),
        "SiLU" => new Silu(),
        _ => throw new NotSupportedException(name),
    };

    private static int[] Ints(JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(item => item.GetInt32())];
}
